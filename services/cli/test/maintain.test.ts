import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import type { MaintenancePlan, MaintenanceStep } from '@aftercall/warehouse/maintenance/maintain'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let folder: string
let config: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercall-maintain-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  config = join(folder, 'aftercall.yaml')
  const sources = [
    { name: 'acme', bucket: 'files', retentionMonths: 12 },
    { name: 'beta', bucket: 'others' },
  ]
  await writeFile(config, JSON.stringify({ database: { url: database.url, allowSuperuser: true }, sources }))
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    values ('acme', 'call', 1, '2020-01-01', 'files', 'a.json'),
           ('acme', 'call', 2, '2020-02-01', 'files', 'b.json'), ('beta', 'call', 1, '2020-02-01', 'others', 'a.json'),
           ('beta', 'call', 9, '9999-12-01', 'others', 'b.json')
  `.execute(database.db)
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
                                     object_last_modified, mapping_version, content_sha256)
    select source, channel, session_id, created_at, created_at, created_at, created_at, 1, sha256('')
    from warehouse.session
  `.execute(database.db)
  return () => database.drop()
})

const maintain = (...options: string[]) => runCommand(['maintain', '--config', config, ...options])

async function places(): Promise<string[]> {
  const answer = await sql<{ place: string }>`
    select concat_ws(' ', tableoid::regclass, source, session_id) as place from warehouse.session order by 1
  `.execute(database.db)
  return answer.rows.map((row) => row.place)
}

test('a dry run shows what would be done and does nothing', async () => {
  const before = await places()
  const { code, out, err } = await maintain('--dry-run')
  expect(code).toBe(0)
  expect(err).toMatch(/^retention_too_large: .* --allow-drop 2\n$/)
  expect(out).toContain('drain 2020-02: move 2 sessions (2 rows in 1 table) out of the default partitions\n')
  expect(out).toContain('drop 2020-01: the whole month (acme), 1 session (1 row in 1 table)')
  expect(out).toContain(
    'delete from 2020-02: the rows of acme, 1 session (1 row in 1 table); other sources keep theirs\n',
  )
  expect(out).toContain(
    '9999-12 is outside the configured months: 1 session (1 row in 1 table) stays in the default partitions\n',
  )
  expect(out).toMatch(/^session of acme +12 months +2 +2020-01-01 00:00:00Z +2$/m)
  expect(out).toMatch(/^rejection_content +90 days +0 +none +0$/m)
  expect(out).toMatch(/^ledger +always +0 +none +0$/m)
  const { plan }: { plan: MaintenancePlan } = JSON.parse((await maintain('--dry-run', '--json')).out)
  expect(plan.make).toHaveLength(2)
  expect(plan.retain.map(({ how }) => how)).toEqual(['drop', 'delete'])
  expect(await places()).toEqual(before)
})

test('a run does what the dry run showed, and a second one finds nothing to do', async () => {
  const { code, out } = await maintain('--json', '--allow-drop', '2')
  expect(code).toBe(0)
  const { steps }: { steps: MaintenanceStep[] } = JSON.parse(out)
  expect(steps.map((step) => step.kind)).toEqual(['drained', 'drained', 'made', 'made', 'dropped', 'deleted'])
  expect(await places()).toEqual(['warehouse.session_2020_02 beta 1', 'warehouse.session_default beta 9'])
  expect(await maintain()).toMatchObject({ code: 0, out: expect.stringMatching(/^nothing to do\n/) })
  expect(await database.dump('ingest.maintenance_run', ['started_at', 'ended_at', 'host'])).toEqual([
    { run_id: 1, months_removed: 2, sessions_removed: 2, halted: null },
    { run_id: 2, months_removed: 0, sessions_removed: 0, halted: null },
  ])
})

test('a run that would remove far more than the last one removes nothing, says what to do, and exits with 1', async () => {
  await sql`
    insert into ingest.rejection (fingerprint, code, detail, state, last_seen_at)
    values ('\\x01', 'not_json', 'over for long', 'replayed', now() - interval '400 days')
  `.execute(database.db)
  const { code, err, out } = await maintain('--json')
  expect(code).toBe(1)
  expect(err).toMatch(/^retention_too_large: retention would remove 2 months .* --allow-drop 2$/m)
  const { steps, halted }: { steps: MaintenanceStep[]; halted: unknown } = JSON.parse(out)
  expect(steps.map((step) => step.kind)).toEqual(['drained', 'drained', 'made', 'made'])
  expect(halted).toMatchObject({ code: 'retention_too_large' })
  expect(await places()).toHaveLength(4)
  expect(await database.dump('ingest.rejection')).toHaveLength(1)
  expect(await database.dump('ingest.maintenance_run', ['started_at', 'ended_at', 'host', 'run_id'])).toEqual(
    [{ months_removed: 0, sessions_removed: 0, halted: 'retention_too_large' }],
  )
})

test('a machine whose clock is five years ahead drops nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 365 * 86_400_000 })
  const { code, err } = await maintain('--allow-drop', '1000')
  vi.useRealTimers()
  expect(code).toBe(1)
  expect(err).toMatch(/^clock_disagrees: the clock of the database is \d+ minutes behind this machine's/m)
  expect(await places()).toHaveLength(4)
})

test('I12 two concurrent runs do together what one does', async () => {
  const runs = await Promise.all([maintain('--allow-drop', '2'), maintain('--allow-drop', '2')])
  expect(runs.map(({ code }) => code)).toEqual([0, 0])
  expect(await places()).toEqual(['warehouse.session_2020_02 beta 1', 'warehouse.session_default beta 9'])
  expect((await maintain()).out).toMatch(/^nothing to do\n/)
})

test('failed steps are reported, and the exit code is 1', async () => {
  await sql`alter function ingest.drain_month(date) rename to drain_month_away`.execute(database.db)
  const { code, out, err } = await maintain('--allow-drop', '2')
  expect(code).toBe(1)
  expect(err).toContain('2020-01: could not drain the month (42883: ')
  expect(out).toContain('2 steps failed and changed nothing: run maintain again\n')
})

test('rejections expire: first their bytes, then, once closed, the rest', async () => {
  await sql`
    with content as (
      insert into ingest.rejected_content (content_sha256, content) values (sha256('bytes'), 'bytes')
      returning content_sha256
    )
    insert into ingest.rejection (fingerprint, code, detail, content_sha256, content_bytes, state, last_seen_at)
    select decode(fingerprint, 'hex'), 'not_json', detail, content_sha256, 5, state, now() - days * interval '1 day'
    from content, (values
      ('01', 'seen lately', 'open', 80), ('02', 'open for long', 'open', 400), ('03', 'over for long', 'replayed', 400)
    ) as rejection (fingerprint, detail, state, days)
  `.execute(database.db)
  const { out } = await maintain('--allow-drop', '2')
  expect(out).toContain('dropped 1 old closed rejection\ndropped 1 rejection’s kept bytes\n')
  const left = await sql<{ detail: string; kept: boolean }>`
    select detail, content_sha256 is not null as kept from ingest.rejection order by 1
  `.execute(database.db)
  expect(left.rows).toEqual([
    { detail: 'open for long', kept: false },
    { detail: 'seen lately', kept: true },
  ])
})
