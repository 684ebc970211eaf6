import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { createMarkedRole, type MarkedRole } from './marked-role.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const mark = (of: string) => `SECRET-MARK-${of}`
/** A document in which everything personal is marked. */
const marked = (id: number, changes: object = {}) =>
  callWithId(id, {
    feedback: mark('feedback'),
    email: mark('email'),
    support_number: mark('phone'),
    sip_headers: { 'X-Caller': mark('sip') },
    end_user: { id: 1, identifier: mark('identifier') },
    participants: [{ id: 1, type: 'end_user', phone_number: mark('phone'), first_name: mark('name') }],
    custom_data_not_secured: { note: mark('custom') },
    [mark('key')]: mark('value'),
    ...changes,
  })
const text = JSON.stringify(marked(1))
const refused = JSON.stringify(marked(20))
const outcomes: Record<string, string | null> = {}
let bench: Bench
let role: MarkedRole
let output = ''

beforeAll(async () => {
  bench = await openBench()
  // Postgres puts the whole failing row into such an error.
  await bench.rows('alter table warehouse.session add constraint refused check (session_id <> 20)')
  role = await createMarkedRole(inject('postgresUrl'), mark('password'))
  const contents: [key: string, content: string | object, ends: string][] = [
    ['cut.json', text.slice(0, text.length / 2), 'not_json'],
    ['comma.json', text.replace(`"${mark('feedback')}"`, `"${mark('feedback')}",,`), 'not_json'],
    ['escape.json', text.replace(mark('feedback'), `${mark('feedback')}\\q`), 'not_json'],
    ['no-id.json', marked(2, { id: mark('id') }), 'identity_unreadable'],
    ['no-time.json', marked(3, { created_at: mark('time') }), 'identity_unreadable'],
    ['transcript.json', { comm_type: 'chat', entries: [{ body: mark('entry') }] }, 'transcript'],
    ['large.json', text + ' '.repeat(70_000), 'object_too_large'],
    ['refused.json', refused, 'database_refused'],
    ['array.json', `[${refused},${JSON.stringify(marked(21))}]`, 'database_refused'],
    ...[4, 5, 6].map((id): [string, object, string] => [`call-${id}.json`, marked(id), 'stored']),
  ]
  for (const [key, content, ends] of contents) {
    outcomes[`acme/${key}`] = ends
    await bench.put(`acme/${key}`, content)
  }
  const garbage = { Records: [{ eventName: mark('event'), s3: mark('record') }] }
  await bench.send(mark('body'), { [mark('field')]: mark('body') }, garbage)
  const config = await bench.writeConfig('marked', {
    database: { url: role.urlOf(bench.database.url) },
    worker: { objectBytesMax: 65_536 },
  })
  const env = { ...bench.env, AWS_SECRET_ACCESS_KEY: mark('aws'), LOG_LEVEL: 'trace' }
  const worker = await startWorker(config, { env })
  await bench.untilSettled()
  const answers = await Promise.all(
    (['/metrics', '/readyz', '/healthz'] as const).map((path) => worker.get(path)),
  )
  await role.lockOut()
  await bench.put('acme/call-7.json', marked(7))
  await worker.untilLogs('stopping, because nothing can be loaded')
  const explained = ['refused.json', 'cut.json', 'no-id.json', 'array.json'].map((key) =>
    runCommand(['explain', `s3://${bucket}/acme/${key}`], { env: { DATABASE_URL: bench.database.url } }),
  )
  const failed = ['migrate', 'worker'].map((command) =>
    runCommand([command, '--config', config], { env: { ...env, LOG_LEVEL: 'nonsense' } }),
  )
  const ended = [...(await Promise.all([...explained, ...failed])), await worker.ended()]
  output = [
    ...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...answers.map((one) => one.text),
  ].join('\n')
})

afterAll(async () => {
  await endCommands()
  await bench.close()
  await role.drop()
})

test('the marked documents ended as they should, so that every way to end was taken', async () => {
  const ledger = await bench.rows<{ object_key: string; outcome: string; code: string | null }>(
    'select object_key, outcome, code from ingest.object',
  )
  expect(
    Object.fromEntries(ledger.map(({ object_key, outcome, code }) => [object_key, code ?? outcome])),
  ).toEqual(outcomes)
  const sessions = await bench.rows('select session_id::int as id from warehouse.session order by 1')
  expect(sessions.map(({ id }) => id)).toEqual([4, 5, 6, 21])
})

test('the output that is searched is about the marked documents', () => {
  for (const key of Object.keys(outcomes)) expect(output).toContain(key)
  expect(output).toContain('"level":"debug"')
  expect(output).toContain('the database refused the batch for its data; splitting it')
  expect(output).toContain('SQLSTATE 23514')
})

test('I10 neither document content nor a credential is in any output, at any level', () => {
  expect([...new Set(output.match(/SECRET-MARK-\w+/g))]).toEqual([])
})

test('I1 the bytes of what Postgres refused are kept, whole', async () => {
  const kept = await bench.rows<{ content: Buffer }>(
    `select kept.content from ingest.rejection join ingest.rejected_content as kept using (content_sha256)
     where object_key = 'acme/refused.json'`,
  )
  expect(kept.map(({ content }) => content.toString())).toEqual([refused])
})

test('I6 what is stored of the marked documents is all there', async () => {
  const [row] = await bench.rows<{ row: object }>(
    'select to_jsonb(s) as row from warehouse.session s where session_id = 4',
  )
  expect(row?.row).toMatchObject({ feedback: mark('feedback'), extra: { [mark('key')]: mark('value') } })
})
