import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics } from '../packages/runtime/src/telemetry/metrics.ts'
import { listFiles, root } from './spec/list-tests.ts'

const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8')

test('every metric and label in docs/runbook.md is one that there is', async () => {
  const known = await createMetrics({ version: '0' }).render()
  const named = [...runbook.matchAll(/\b(aftercall_\w+)(_total|_seconds)?\b/g)].map(([name]) => name)
  const roles = ['aftercall_loader', 'aftercall_operator', 'aftercall_owner']
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((name) => !roles.includes(name) && !known.includes(`# TYPE ${name} `))).toEqual([])
})

/** So that a line of the log can be found in the runbook. */
test.each([
  'cannot use the ',
  'stopping, because nothing can be loaded: ',
  'the store did not give an object; trying again',
  'the database did not take the batch; trying again',
  'bucket and ledger compared',
  'too many objects are gone from the bucket to believe it',
  'the month has no partition yet; the default partition takes its rows',
  'migrations are pending',
  'wait in a default partition',
  'No worker has reported for',
  'No worker is known',
  'the heartbeat could not be written',
  'Retention is held back',
  'fields without a column, unknown words and odd values',
  'the database is ahead of this release',
  'is being worked on by ',
  'two sessions share an id; the newer one is stored, the other is kept',
  'different sessions share an id',
  'a time in the document cannot be true; another one orders its revisions',
  'a document was superseded by one from an older object',
  'some times cannot be right',
  'are waiting',
])('what docs/runbook.md quotes is what the code says: %s', (line) => {
  expect(runbook).toContain(line)
  const sources = listFiles('{packages,services}/*/src/**/*.ts')
  expect(sources.some((file) => readFileSync(join(root, file), 'utf8').includes(line))).toBe(true)
})
