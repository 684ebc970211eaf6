import { randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  type Asking,
  askBackfill,
  askIgnore,
  askMaintain,
  askReconcile,
  askReplay,
  askRun,
  cancelAction,
} from '../src/actions/ask-actions.ts'
import { endAction, noteProgress, startAction } from '../src/actions/carry-actions.ts'
import { mayAct, readAction, readActions, readOpenActions } from '../src/actions/read-actions.ts'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { createBackfillRun } from '../src/ledger/backfill-runs.ts'
import { writeRejections } from '../src/ledger/rejections.ts'
import { recordSources } from '../src/ledger/sources.ts'
import { dropOldRows } from '../src/maintenance/retention/drop-old-rows.ts'
import { keptForAWhile } from './retention-fixture.ts'

let database: TestDatabase
const logins: TestLogin[] = []
const handles: DatabaseHandle[] = []
let actor: DatabaseHandle
let operator: DatabaseHandle

async function loginIn(...inRoles: string[]): Promise<DatabaseHandle> {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles })
  logins.push(login)
  const handle = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 3, statementTimeoutSeconds: 30 },
    applicationName: 'aftercall-test',
    onIdleError: () => {},
  })
  handles.push(handle)
  return handle
}

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  operator = await loginIn('aftercall_operator')
  actor = await loginIn('aftercall_operator', 'aftercall_actor')
  await recordSources(database.db, [{ name: 'acme', bucket: 'files', prefix: 'metadata/' }])
  await writeRejections(database.db, [
    {
      ...{ source: 'acme', bucket: 'files', objectKey: 'metadata/1.json', versionId: null, messageId: null },
      ...{ code: 'not_json', detail: 'at 27', content: null },
    },
  ])
})
afterAll(async () => {
  for (const handle of handles) await handle.close()
  await database.drop()
  for (const login of logins) await login.drop()
})

const asking = (over: Partial<Asking> = {}): Asking => ({
  ...{ by: 'ana@example.com', formKey: randomUUID(), confirmed: 1 },
  ...over,
})
const byCode = { code: 'not_json', fromKept: false }

test('I10 an operator reads actions and may not ask for any; Postgres refuses', async () => {
  expect(await mayAct(operator.db)).toBe(false)
  expect(await mayAct(actor.db)).toBe(true)
  const { db } = operator
  expect(await readActions(db, { before: null, limit: 5 })).toBeInstanceOf(Array)
  const asked = asking()
  for (const ask of [
    () => askReplay(db, byCode, asked),
    () => askIgnore(db, { code: 'not_json', reopen: false }, asked),
    () => askReconcile(db, { source: 'acme', since: undefined, fix: true }, asked),
    () => askRun(db, { runId: '1', to: 'pause' }, asked),
    () => askRun(db, { runId: '1', to: 'resume' }, asked),
    () => askMaintain(db, asked),
    () => cancelAction(db, '1', 'ana'),
    () =>
      sql`insert into ingest.action (kind, arguments, form_key, asked_by, asked_login)
      values ('maintain', '{}', ${randomUUID()}, 'x', 'x')`.execute(db),
    () => sql`select ingest.add_action('maintain', null, '{}', 'x', 1, ${randomUUID()})`.execute(db),
  ])
    await expect(ask()).rejects.toMatchObject({ code: '42501' })
})

test('I10 an actor may ask, and may neither write rows nor call what the functions call', async () => {
  const { db } = actor
  for (const ask of [
    () => sql`update ingest.action set state = 'done'`.execute(db),
    () => sql`delete from ingest.action`.execute(db),
    () => sql`select ingest.add_action('maintain', null, '{}', 'x', 1, ${randomUUID()})`.execute(db),
    () => sql`select ingest.ask_run(1, true, 'x', ${randomUUID()})`.execute(db),
    () => sql`select ingest.rejections_asked(array[1], null, null, null, null)`.execute(db),
    () => sql`update ingest.rejection set state = 'ignored'`.execute(db),
  ])
    await expect(ask()).rejects.toMatchObject({ code: '42501' })
})

test('an action keeps who asked, by which login, and what; the same form asks once', async () => {
  const once = asking({ confirmed: 13 })
  const ids = await Promise.all(Array.from({ length: 5 }, () => askReplay(actor.db, byCode, once)))
  expect(new Set(ids).size).toBe(1)
  const [id = ''] = ids
  expect(await readAction(database.db, id)).toMatchObject({
    ...{ kind: 'replay', source: null, arguments: { code: 'not_json', fromKept: false }, state: 'waiting' },
    ...{ askedBy: 'ana@example.com', askedLogin: logins[1]?.name, confirmedCount: 13, counts: {} },
  })
  await expect(askReplay(actor.db, { ...byCode, fromKept: true }, once)).rejects.toThrow(
    /Open the page again/,
  )
  await expect(askReplay(actor.db, byCode, { ...once, by: 'bob' })).rejects.toThrow(/Open the page again/)
})

describe('what is nonsense is refused, with the reason', () => {
  const many = Array.from({ length: 501 }, (_, index) => String(index + 1))
  test.each([
    ['no choice', () => askReplay(actor.db, { fromKept: false }, asking()), /by code, or by source/],
    ['no ids', () => askReplay(actor.db, { ids: [], fromKept: false }, asking()), /1 to 500/],
    ['501 ids', () => askReplay(actor.db, { ids: many, fromKept: false }, asking()), /1 to 500/],
    [
      'an unknown id',
      () => askReplay(actor.db, { ids: ['999999'], fromKept: false }, asking()),
      /no rejection 999999/,
    ],
    ['ids and a code', () => askReplay(actor.db, { ids: ['1'], ...byCode }, asking()), /either/],
    ['a foreign source', () => askReplay(actor.db, { ...byCode, source: 'globex' }, asking()), /no source/],
    ['a long code', () => askReplay(actor.db, { ...byCode, code: 'x'.repeat(101) }, asking()), /1 to 100/],
    ['an empty code', () => askReplay(actor.db, { ...byCode, code: '' }, asking()), /1 to 100/],
    ['no name', () => askReplay(actor.db, byCode, asking({ by: '' })), /asked_by/],
    ['a long name', () => askReplay(actor.db, byCode, asking({ by: 'x'.repeat(201) })), /asked_by/],
    ['a name with a newline', () => askReplay(actor.db, byCode, asking({ by: 'ana\nbob' })), /asked_by/],
    ['a negative number', () => askReplay(actor.db, byCode, asking({ confirmed: -1 })), /confirmed/],
    [
      'a reversed span',
      () => askReplay(actor.db, { ...byCode, since: new Date(2), until: new Date(1) }, asking()),
      /before until/,
    ],
    ['another prefix', () => backfill({ prefix: 'other/' }), /prefix of the source/],
    ['a long prefix', () => backfill({ prefix: `metadata/${'x'.repeat(1_020)}` }), /1,024/],
    ['a rate of 0', () => backfill({ maxRate: 0 }), /max_rate/],
    ['a backfill of a foreign source', () => backfill({ source: 'globex' }), /no source/],
    ['an unknown run', () => askRun(actor.db, { runId: '999', to: 'pause' }, asking()), /no backfill run/],
    ['an unknown action', () => cancelAction(actor.db, '999999', 'ana'), /no action/],
  ])('%s', async (_, ask, reason) => {
    await expect(ask()).rejects.toMatchObject({
      code: 'action_refused',
      message: expect.stringMatching(reason),
    })
  })

  function backfill(over: object): Promise<string> {
    const asked = {
      source: 'acme',
      prefix: undefined,
      since: undefined,
      until: undefined,
      maxRate: undefined,
    }
    return askBackfill(actor.db, { ...asked, dryRun: true, ...over }, asking())
  }

  test('two dimensions of ids, which are fewer rows than numbers', async () => {
    const call = sql`select ingest.ask_replay('{{1,1}}', null, null, null, null, false, 'x', 1, ${randomUUID()})`
    await expect(call.execute(actor.db)).rejects.toMatchObject({ code: 'AC001' })
  })
})

test('text is never part of a statement', async () => {
  const evil = `'; drop table ingest.action; --`
  const id = await askReplay(actor.db, { code: evil, fromKept: false }, asking({ by: evil }))
  expect(await readAction(database.db, id)).toMatchObject({ askedBy: evil, arguments: { code: evil } })
})

test('a waiting action is cancelled at once, a running one is told to stop, an ended one stays', async () => {
  const waiting = await askMaintain(actor.db, asking())
  expect(await cancelAction(actor.db, waiting, 'bob')).toBe('cancelled')
  expect(await startAction(database.db, waiting, 'worker')).toBe(false)
  const running = await askMaintain(actor.db, asking())
  expect(await startAction(database.db, running, 'worker')).toBe(true)
  expect(await noteProgress(database.db, running, { made: 1 })).toBe(false)
  expect(await cancelAction(actor.db, running, 'bob')).toBe('running')
  expect(await noteProgress(database.db, running, { made: 2 })).toBe(true)
  await endAction(database.db, running, { state: 'cancelled', counts: { made: 2 }, error: null })
  expect(await readAction(database.db, running)).toMatchObject({
    ...{ state: 'cancelled', cancelAskedBy: 'bob', counts: { made: 2 } },
  })
  expect(await cancelAction(actor.db, running, 'eve')).toBe('cancelled')
  expect((await readAction(database.db, running))?.cancelAskedBy).toBe('bob')
})

test('a run that is done can be neither paused nor resumed', async () => {
  const { runId } = await createBackfillRun(database.db, {
    ...{
      source: 'acme',
      bucket: 'files',
      prefix: 'metadata/',
      via: 'direct',
      request: {},
      host: 'h',
      shards: [],
    },
  })
  const id = await askRun(actor.db, { runId, to: 'pause' }, asking())
  expect(await readAction(database.db, id)).toMatchObject({
    kind: 'pause',
    source: 'acme',
    arguments: { run: runId },
  })
  await sql`update ingest.backfill_run set state = 'done' where run_id = ${runId}::bigint`.execute(
    database.db,
  )
  await expect(askRun(actor.db, { runId, to: 'resume' }, asking())).rejects.toThrow('This run is done.')
})

test('1,000 open actions are the most; those that ended long ago are deleted, open ones never', async () => {
  await sql`
    insert into ingest.action (kind, arguments, form_key, asked_by, asked_login, asked_at)
    select 'maintain', '{}', gen_random_uuid(), 'x', 'x', now() - interval '3 years' from generate_series(1, 1000)
  `.execute(database.db)
  await expect(askMaintain(actor.db, asking())).rejects.toThrow(/1,000 actions/)
  expect(await dropOldRows(database.db, keptForAWhile)).toEqual({})
  await sql`
    update ingest.action set state = 'done', ended_at = now() - interval '366 days' where asked_by = 'x'
  `.execute(database.db)
  expect(await dropOldRows(database.db, keptForAWhile)).toEqual({ action: 1_000 })
  expect((await readOpenActions(database.db, 5)).length).toBeGreaterThan(0)
})
