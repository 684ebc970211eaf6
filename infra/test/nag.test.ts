import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsSolutionsChecks } from 'cdk-nag'
import { app } from './synthesised.ts'

test('cdk-nag finds nothing of AwsSolutions that is not acknowledged with its reason', () => {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app)
  const found = violations.map(
    ({ ruleName, violatingResources }) =>
      `${ruleName}: ${violatingResources.map(({ constructPath }) => constructPath).join(', ')}`,
  )
  assert.deepEqual(found, [])
})
