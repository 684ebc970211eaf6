import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsSolutionsChecks } from 'cdk-nag'
import { app } from './synthesised.ts'

test('every AwsSolutions finding of cdk-nag is acknowledged with a reason', () => {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app)
  const found = violations.map(
    ({ ruleName, violatingResources }) =>
      `${ruleName}: ${violatingResources.map(({ constructPath }) => constructPath).join(', ')}`,
  )
  assert.deepEqual(found, [])
})
