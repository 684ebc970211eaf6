import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics } from '../packages/runtime/src/telemetry/metrics.ts'
import { runCommand } from '../services/cli/test/run-command.ts'
import { listFiles, root } from './spec/list-tests.ts'

const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8')

/** `aftercall replay --failed --source acme`, in a block or in the text, without what a comment or the SQL says. */
const commands = [...runbook.matchAll(/(?:^ {4}|`)aftercall ((?:rejections )?[a-z]+)([^`\n#"]*)/gm)]

test('every command and option in docs/runbook.md is one of aftercall', async () => {
  const asked = Map.groupBy(commands, ([, command = '']) => command)
  expect(asked.size).toBeGreaterThan(8)
  const unknown: string[] = []
  for (const [command, uses] of asked) {
    const { code, out } = await runCommand([...command.split(' '), '--help'])
    if (code !== 0) unknown.push(command)
    const options = uses.flatMap(([, , rest = '']) => rest.match(/--[a-z-]+/g) ?? [])
    unknown.push(...options.filter((one) => !out.includes(`${one} `)).map((one) => `${command} ${one}`))
  }
  expect(unknown).toEqual([])
})

test('every metric and label in docs/runbook.md is one that there is', async () => {
  const known = await createMetrics({ version: '0' }).render()
  const named = [...runbook.matchAll(/\b(aftercall_\w+)(_total|_seconds)?\b/g)].map(([name]) => name)
  const roles = ['aftercall_loader', 'aftercall_owner']
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((name) => !roles.includes(name) && !known.includes(`# TYPE ${name} `))).toEqual([])
})

test('every link in docs/runbook.md leads to a section or a file', () => {
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 _-]/g, '')
        .replaceAll(' ', '-')}`,
  )
  const links = [...runbook.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
  const lost = links.filter((link) =>
    link.startsWith('#') ? !sections.includes(link) : !existsSync(join(root, 'docs', link)),
  )
  expect(lost).toEqual([])
})

/** So that whoever looks a line of the log up in the runbook finds it there. */
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
