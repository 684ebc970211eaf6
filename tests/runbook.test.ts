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

/** What is not quoted from a message: commands, SQL, expressions, and keys of the configuration. */
const isTyped = /^(?:aftercall|rejections|select|grant|alter|kill|time\(\)|--\S+) |^[\w.]+: \w+$/

/** Messages with words that the code fills in, and how they stand in the code. */
const filledIn: Record<string, string> = {
  'cannot use the database yet: …': `cannot use the \${name} yet: `,
  'cannot use the queue yet: …': `cannot use the \${name} yet: `,
  'cannot use the object store yet: …': `cannot use the \${name} yet: `,
  'object rejected': `object \${outcome.kind}`,
  'object failed': `object \${outcome.kind}`,
  'no receive of the live queue has ended for … s': 'queue has ended for … s',
}
/** Messages of Postgres itself. */
const ofPostgres = ['… not accepting commands that assign new transaction IDs']

/** Texts of several words between backticks, outside blocks of code. */
function listQuotes(): string[] {
  const prose = runbook.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').replaceAll(/^ {4}.*$/gm, '')
  const quoted = [...prose.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll(/\s+/g, ' '))
  return [...new Set(quoted)].filter((text) => text.includes(' ') && !isTyped.test(text))
}

const quotes = listQuotes().filter((quote) => !ofPostgres.includes(quote))
const sources = listFiles('{packages,services}/*/src/**/*.ts')
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))

/** So that a line of the log can be found in the runbook. */
test.each(quotes)('what docs/runbook.md quotes is what the code says: %s', (quote) => {
  // Without what stands for something else: `…`, HOST, a number.
  const parts = (filledIn[quote] ?? quote).split(/…|\b[A-Z]{3,}\b|\b\d+\b|"/).map((part) => part.trim())
  expect(parts.some((part) => part.length >= 8)).toBe(true)
  expect(parts.filter((part) => !sources.some((source) => source.includes(part)))).toEqual([])
})

test('docs/runbook.md quotes messages, also those that are compared in another form', () => {
  expect(quotes.length).toBeGreaterThan(35)
  expect(quotes).toEqual(expect.arrayContaining(Object.keys(filledIn)))
})
