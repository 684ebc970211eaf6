import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import type { Rejection } from '@aftercall/warehouse/ledger/rejections'
import type { Loader } from '@aftercall/warehouse/load/loader'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { openLoader } from './load-fixture.ts'
import { type Ran, runCommand } from './run-command.ts'

let database: TestDatabase
let loader: Loader
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  loader = openLoader(database.db, 'latest')
})
afterEach(() => database.drop())

const rejections = (...args: string[]): Promise<Ran> =>
  runCommand(['rejections', ...args], { DATABASE_URL: database.url })

const secret = 'SECRET-MARK'

async function reject(key: string, code: string, changes: Partial<Rejection> = {}): Promise<void> {
  const source = changes.source ?? 'acme'
  const place = { source, bucket: 'files', objectKey: key, versionId: null, messageId: null }
  await loader.commit({
    kind: 'rejected',
    object: { bucket: 'files', key, source, etag: 'e1', receiveCount: 1 },
    rejections: [
      { ...place, code, detail: `${code} at $.id`, content: Buffer.from(`${secret} ${key}`), ...changes },
    ],
  })
}

async function rejectMessage(messageId: string, body: string): Promise<void> {
  const nothing = { source: null, bucket: null, objectKey: null, versionId: null }
  await loader.commit({
    kind: 'rejected',
    object: null,
    rejections: [
      { ...nothing, messageId, code: 'message_not_json', detail: 'no JSON', content: Buffer.from(body) },
    ],
  })
}

/** Rejections 1 to 4, in this order. */
async function rejectSome(): Promise<void> {
  await reject('a.json', 'not_json')
  await reject('b.json', 'not_json')
  await reject('c.json', 'identity_unreadable', { source: 'beta' })
  await rejectMessage('m-1', `${secret} body`)
}

const states = async (): Promise<string[]> =>
  (
    await sql<{ state: string }>`select state from ingest.rejection order by rejection_id`.execute(
      database.db,
    )
  ).rows.map(({ state }) => state)

test('I10 list shows the reasons with their counts, then each rejection, and never the content', async () => {
  await rejectSome()
  const { code, out, err } = await rejections('list')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME')).toBe(
    [
      'reason               rejections  seen  newest                example',
      '-------------------  ----------  ----  --------------------  ------------------------------',
      'not_json                      2     2  TIME  #2 not_json at $.id',
      'identity_unreadable           1     1  TIME  #3 identity_unreadable at $.id',
      'message_not_json              1     1  TIME  #4 no JSON',
      '',
      'id  reason               last seen             seen  place',
      '--  -------------------  --------------------  ----  -----------------',
      ' 4  message_not_json     TIME     1  message m-1',
      ' 3  identity_unreadable  TIME     1  s3://files/c.json',
      ' 2  not_json             TIME     1  s3://files/b.json',
      ' 1  not_json             TIME     1  s3://files/a.json',
      '',
      'For details: aftercall rejections show ID',
      '',
    ].join('\n'),
  )
})

test('every filter of list narrows the result, and rejections that are not listed are counted', async () => {
  await rejectSome()
  const ids = async (...args: string[]): Promise<string[]> => {
    const { out } = await rejections('list', '--json', ...args)
    return (JSON.parse(out) as { rejections: { id: string }[] }).rejections.map(({ id }) => id)
  }
  expect(await ids()).toEqual(['4', '3', '2', '1'])
  expect(await ids('--code', 'not_json')).toEqual(['2', '1'])
  expect(await ids('--source', 'beta')).toEqual(['3'])
  expect(await ids('--state', 'ignored')).toEqual([])
  expect(await ids('--since', '2126-01-01')).toEqual([])
  expect(await ids('--since', '2026-01-01', '--limit', '1')).toEqual(['4'])
  expect((await rejections('list', '--limit', '1')).out).toContain('and 3 more')
  expect((await rejections('list', '--code', 'other')).out).toBe('No open rejections match these options.\n')
})

test('I10 show prints the reason, the ledger and what to do; only --content prints the bytes, and nothing else', async () => {
  await rejectSome()
  await reject('a.json', 'not_json')
  const shown = await rejections('show', '1')
  expect(shown).toMatchObject({ code: 0, err: '' })
  for (const text of [
    'Rejection 1: s3://files/a.json',
    'not_json at $.id',
    'seen       2 times',
    'bytes      18, kept',
    'rejected (not_json) since',
    'aftercall replay --id 1 --from raw',
    'aftercall rejections ignore 1',
  ]) {
    expect(shown.out).toContain(text)
  }
  const json = await rejections('show', '1', '--json')
  expect(JSON.parse(json.out)).toMatchObject({
    id: '1',
    seenCount: 2,
    ledger: { outcome: 'rejected', settleCount: 2 },
  })
  expect(shown.out + json.out).not.toContain(secret)
  expect(await rejections('show', '#1', '--content')).toEqual({ code: 0, out: `${secret} a.json`, err: '' })
})

test('truncated or missing bytes are reported, and the exit code is 1', async () => {
  await reject('large.json', 'not_json', { content: Buffer.alloc(1_048_577, 'x') })
  await reject('unread.json', 'object_too_large', { content: null })
  const cut = await rejections('show', '1', '--content')
  expect({ ...cut, out: cut.out.length }).toEqual({
    code: 1,
    out: 1_048_576,
    err: 'error: only the first 1048576 of 1048577 bytes of rejection 1 are kept\n',
  })
  expect(await rejections('show', '2', '--content')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('the object was not read'),
  })
})

test('ignore closes rejections by number or by reason, and --undo reopens them', async () => {
  await rejectSome()
  expect(await rejections('ignore', '3', '4')).toEqual({ code: 0, out: 'Ignored 2 rejections.\n', err: '' })
  expect(await states()).toEqual(['open', 'open', 'ignored', 'ignored'])
  expect((await rejections('ignore', '--code', 'not_json', '--source', 'beta')).out).toBe(
    'Ignored 0 rejections.\n',
  )
  expect((await rejections('ignore', '--code', 'not_json', '--json')).out).toBe(
    '{"ignored":["1","2"],"unchanged":[],"unknown":[]}\n',
  )
  expect((await rejections('ignore', '1', '3', '--undo')).out).toBe('Reopened 2 rejections.\n')
  expect(await states()).toEqual(['open', 'ignored', 'open', 'ignored'])
  await reject('b.json', 'not_json')
  expect(await states()).toEqual(['open', 'ignored', 'open', 'ignored'])
})

test('an unknown number is reported and exits with 1, and the other rejections are still changed', async () => {
  await rejectSome()
  expect(await rejections('show', '99')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('no rejection 99'),
  })
  const ignored = await rejections('ignore', '1', '98', '99')
  expect(ignored).toMatchObject({ code: 1, out: 'Ignored 1 rejection.\n' })
  expect(ignored.err).toContain('no rejection 98')
  expect(ignored.err).toContain('no rejection 99')
})

const wrongUsage: [args: string[], message: string][] = [
  [['show', 'abc'], 'abc is not a rejection number'],
  [['show', '1', '--content', '--json'], 'leave out --json'],
  [['ignore'], 'choose which'],
  [['ignore', '1', '--code', 'not_json'], 'choose which'],
  [['ignore', '1', '--source', 'acme'], '--source needs --code'],
  [['list', '--since', 'yesterday'], '--since must be an ISO date'],
  [['list', '--state', 'closed'], 'Allowed choices are open, replayed, ignored'],
  [['list', '--limit', 'all'], '--limit must be a whole number'],
  [[], 'list'],
]

test('wrong usage of rejections says what to write', async () => {
  for (const [args, message] of wrongUsage) {
    expect(await rejections(...args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(message),
    })
  }
})
