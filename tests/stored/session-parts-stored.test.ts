import { sampleSessions } from '@aftercall/samples/sample-stream'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { createActivityReader } from '@aftercall/warehouse/console/activity-reader'
import { readOverview } from '@aftercall/warehouse/console/overview'
import { readSessionChanges, readSessionParts } from '@aftercall/warehouse/console/session-parts'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { columnsOfHours } from '../../services/console/src/chart-columns.ts'
import { renderOverviewPage } from '../../services/console/src/pages/overview-page.ts'
import { html, renderDocument } from '../../services/console/src/views/html.ts'
import { SessionPartsView } from '../../services/console/src/views/session-parts-view.ts'
import { testShell } from '../../services/console/test/test-shell.ts'
import { loadStream } from './load-stream.ts'

const sessions = countOf({ quick: 60, thorough: 1_000 })
const shell = testShell(new Date())
let database: TestDatabase
let login: TestLogin
let operator: DatabaseHandle

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await loadStream(database.db, [...sampleSessions({ seed: String(seedOfTest()), sessions })])
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_operator'] })
  operator = openDatabase({
    ...{ url: login.urlOf(database.url), poolMax: 2, statementTimeoutSeconds: 30, readOnly: true },
    ...{ applicationName: 'aftercall-test', onIdleError: () => {} },
  })
})
afterAll(async () => {
  await operator.close()
  await database.drop()
  await login.drop()
})

type Known = { source: string; channel: string; sessionId: string; parts: string[] }

/** Every row that has a time, by its table, written down a second time. */
async function readKnown(): Promise<Known[]> {
  const tables = [
    { table: 'consumer_in_menu_duration', kind: `'menu'`, id: 'consumer_in_menu_duration_id' },
    {
      table: 'virtual_agent_handle_duration',
      kind: `'virtual_agent'`,
      id: 'virtual_agent_handle_duration_id',
    },
    { table: 'wait_time_virtual_agent', kind: `'hold_virtual_agent'`, id: 'ordinal' },
    { table: 'queue_duration', kind: `'queue'`, id: 'queue_duration_id' },
    { table: 'handle_duration', kind: 'kind', id: 'handle_duration_id' },
    { table: 'transfer', kind: `'transfer'`, id: 'transfer_id', at: 'coalesce(created_at, connected_at)' },
    { table: 'consumer_handle_duration', kind: `'consumer'`, id: 'consumer_handle_duration_id' },
    { table: 'consumer_event_duration', kind: `'survey'`, id: 'consumer_event_duration_id' },
    { table: 'recording', kind: `'recording'`, id: 'recording_id' },
    {
      table: 'escalation',
      kind: `'escalation'`,
      id: 'escalation_id',
      at: 'coalesce(escalated_at, created_at)',
    },
    {
      table: 'deflected_escalation',
      kind: `'deflected_escalation'`,
      id: 'deflected_escalation_id',
      at: 'escalated_at',
    },
    { table: 'offer_event', kind: `'offer'`, id: 'ordinal', at: 'casting_at' },
    { table: 'session_message', kind: `'sms'`, id: `phase || '-' || ordinal`, at: 'sent_at' },
  ]
  const parts = tables.map(
    ({ table, kind, id, at = 'coalesce(started_at, ended_at)' }) =>
      `select source, channel, session_id, ${kind} || '-' || ${id} as part from warehouse.${table} where ${at} is not null`,
  )
  const answer = await sql
    .raw<Known>(`
    select h.source, h.channel, h.session_id::text as "sessionId",
           array_remove(array_agg(part order by part collate "C"), null) as parts
    from ingest.session_head h
    left join (${parts.join(' union all ')}) part using (source, channel, session_id)
    group by 1, 2, 3`)
    .execute(database.db)
  return answer.rows
}

test('I10 every row of a session that has a time is drawn exactly once, and no name or address of an agent is shown', async () => {
  const known = await readKnown()
  expect(known.length).toBe(sessions)
  const people = await sql<{ word: string }>`
    select name as word from warehouse.agent where name is not null
    union select email from warehouse.agent where email is not null`.execute(database.db)
  expect(people.rows.length).toBeGreaterThan(10)
  let total = 0
  for (const { parts, ...session } of known) {
    const read = await readSessionParts(operator.db, session)
    if (read === null) throw new Error('the operator may not read the parts')
    const page = renderDocument(html`<${SessionPartsView} session=${read} />`)
    // A deflection is drawn at its transfer; it is no row with a time of its own.
    const drawn = [...page.matchAll(/data-part="([^"]+)"/g)].map(([, part = '']) => part)
    const own = drawn.filter((part) => !part.startsWith('deflection-')).sort()
    expect({ session, own }).toEqual({ session, own: parts })
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
    for (const { word } of people.rows) expect(page).not.toContain(word)
    total += drawn.length
  }
  expect(total).toBeGreaterThan(sessions * 3)
})

test('a transfer that was taken is drawn as one, and one that failed says why', async () => {
  const transfers = await sql<{ source: string; channel: string; sessionId: string; failed: number }>`
    select source, channel, session_id::text as "sessionId",
           (count(*) filter (where status <> 'transferred'))::integer as failed
    from warehouse.transfer group by 1, 2, 3`.execute(database.db)
  expect(transfers.rows.some(({ failed }) => failed === 0)).toBe(true)
  for (const { failed, ...session } of transfers.rows) {
    const read = await readSessionParts(operator.db, session)
    if (read === null) throw new Error('the operator may not read the parts')
    const page = renderDocument(html`<${SessionPartsView} session=${read} />`)
    expect({ session, drawn: page.split('curve failed-transfer').length - 1 }).toEqual({
      session,
      drawn: failed,
    })
    expect(read.parts.filter(({ kind, word }) => kind === 'transfer' && word === 'nothing')).toEqual([])
  }
})

test('I10 an operator learns which keys a revision changed, as session_change has them, and no value', async () => {
  const changed = await sql<{ source: string; channel: string; sessionId: string; names: string[] }>`
    select source, channel, session_id::text as "sessionId", array_agg(distinct column_name order by column_name) as names
    from warehouse.session_change group by 1, 2, 3`.execute(database.db)
  expect(changed.rows.length).toBeGreaterThan(10)
  for (const { names, ...session } of changed.rows) {
    const changes = await readSessionChanges(operator.db, session)
    expect(changes.every(({ isKnown }) => isKnown)).toBe(true)
    const found = new Set(changes.flatMap(({ columnNames }) => columnNames ?? []))
    expect([...found].sort()).toEqual([...names].sort())
  }
  await expect(sql`select 1 from warehouse.session_change`.execute(operator.db)).rejects.toThrow(
    'permission denied',
  )
})

test('the figures of the overview and of each source are what SQL counts', async () => {
  const { db } = database
  await recordSources(
    db,
    builtInTenants.map(({ name }) => ({ name, bucket: 'files', prefix: `${name}/` })),
  )
  const overview = await readOverview(operator.db, {
    ...{ migrations: [], months: { yearsBack: 10, ahead: 1 } },
    readActivity: createActivityReader(operator.db),
  })
  const chart = { span: '48h', source: null, columns: columnsOfHours(overview, 48, null) } as const
  const status = { state: 'flowing', minutes: 1 } as const
  const page = renderOverviewPage({ status, problems: [], overview, chart }, shell)
  const counted = await sql<{ source: string; objects: string; sessions: string }>`
    select name as source, (select count(*) from ingest.object where object.source = name) as objects,
           (select count(*) from ingest.session_head as head where head.source = name) as sessions
    from ingest.source order by name`.execute(db)
  const cards = page.split('<article class="card source">').slice(1)
  const shown = cards.map((card) => ({
    source: /sources\/([a-z]+)"/.exec(card)?.[1],
    objects: figureOf(card, 'Processed in 24 h'),
    sessions: figureOf(card, 'Sessions stored'),
    rejections: figureOf(card, 'Open rejections'),
  }))
  expect(shown).toEqual(counted.rows.map((row) => ({ ...row, rejections: '0' })))
  const outcomes = await sql<{ words: string }>`
    select outcome || ' ' || count(*) as words from ingest.object group by outcome`.execute(db)
  const [, legend = ''] = page.split('class="chart-legend"')
  for (const { words } of outcomes.rows) expect(legend.replaceAll(',', '')).toContain(words)
})

function figureOf(card: string, name: string): string | undefined {
  const [, value = ''] = new RegExp(`<dt>${name}</dt>\\s*<dd>(.*?)</dd>`, 's').exec(card) ?? []
  return /([\d,]+)/.exec(value.replaceAll(/<[^>]+>/g, ' '))?.[1]?.replaceAll(',', '')
}
