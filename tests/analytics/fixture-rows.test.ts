import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { below } from './expected.ts'
import { fixtureDocuments, loadFixture } from './load-fixture.ts'
import type { TableRow } from './read-table.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await loadFixture(database.db)
})
afterAll(() => database.drop())

/** The rows of a query as the page writes them: every cell a text, null an empty one. */
async function written(query: RawBuilder<Record<string, string | null>>): Promise<TableRow[]> {
  const { rows } = await query.execute(database.db)
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? ''])),
  )
}

/** `made call 7002.1`: a part of a session by its place in it. */
const partName = (began: string) =>
  sql.raw(
    `source || ' ' || channel || ' ' || session_id || '.' || row_number() over (
       partition by source, channel, session_id order by ${began})`,
  )
const yesOrNo = (column: string) => sql.raw(`case ${column} when true then 'yes' when false then 'no' end`)

describe('the tables of expected.md', () => {
  test('name every document of the fixture', () => {
    const files = fixtureDocuments().map(({ source, name }) => {
      const [, channel, id] = /^(call|chat)-(\d+)(?:-revision-\d)?\.json$/.exec(name) ?? []
      return `${source} ${channel} ${id}`
    })
    expect(new Set(below('## Sessions').map(({ document }) => document))).toEqual(new Set(files))
  })

  test('have each session as analytics.session has it', async () => {
    const found = await written(sql`
      select source || ' ' || channel || ' ' || session_id as document, outcome, local_created_at::text as "local time",
             queue_entries::text as "queue entries", handled_interactions::text as handled,
             completed_transfers::text as "transfers completed"
      from analytics.session order by source, channel, session_id
    `)
    expect(found).toEqual(below('## Sessions', 'what it shows'))
  })

  test('have each queue entry as analytics.queue_entry has it', async () => {
    const found = await written(sql`
      select ${partName('session_created_at, queue_duration_id')} as entry, menu_path_id::text as queue,
             local_started_at::text as "local time", wait_seconds::text as wait, outcome, ${yesOrNo('is_first')} as first,
             ${yesOrNo('is_short_abandon')} as short,
             case service_level_event when 'in_sla' then 'in' when 'not_in_sla' then 'out' end as sla
      from analytics.queue_entry order by source, channel, session_id, queue_duration_id
    `)
    expect(found).toEqual(below('## Queue entries'))
  })

  test('have each handled interaction as analytics.handled_interaction has it', async () => {
    const found = await written(sql`
      select ${partName('handle_duration_id')} as interaction, talk_seconds::text as talk, hold_seconds::text as hold,
             acw_seconds::text as "wrap-up", bcw_seconds::text as before, connect_seconds::text as connection,
             handle_seconds::text as handle, handle_from_assignment_seconds::text as "from assignment"
      from analytics.handled_interaction order by source, channel, session_id, handle_duration_id
    `)
    expect(found).toEqual(below('## Handled interactions'))
  })

  test('have each stay with a virtual agent as analytics.virtual_agent_interaction has it', async () => {
    const found = await written(sql`
      select ${partName('virtual_agent_handle_duration_id')} as stay, outcome, seconds::text as seconds
      from analytics.virtual_agent_interaction order by source, channel, session_id, virtual_agent_handle_duration_id
    `)
    expect(found).toEqual(below('## Virtual agents'))
  })

  test('have each transfer as analytics.transfer has it', async () => {
    const found = await written(sql`
      select ${partName('transfer_id')} as transfer, from_menu_path_id::text as "from queue",
             to_menu_path_id::text as "to queue", target_kind as target, ${yesOrNo('is_cold')} as cold, status
      from analytics.transfer order by source, channel, session_id, transfer_id
    `)
    expect(found).toEqual(below('## Transfers'))
  })

  test('hit each outcome at least twice', () => {
    const rare = (heading: string, column: string) => {
      const counts = Map.groupBy(below(heading), (row) => row[column])
      return [...counts].filter(([, rows]) => rows.length < 2).map(([word]) => `${heading} ${word}`)
    }
    const ended = ['## Sessions', '## Queue entries', '## Virtual agents'].flatMap((heading) =>
      rare(heading, 'outcome'),
    )
    expect([...ended, ...rare('## Transfers', 'target'), ...rare('## Queue entries', 'sla')]).toEqual([])
  })
})

test('documents in another order, and each of them twice, give the same numbers', async () => {
  const other = await createTestDatabase(inject('postgresUrl'))
  try {
    const kinds = await loadFixture(other.db, fixtureDocuments().reverse())
    expect(kinds).toContain('superseded')
    expect(new Set(await loadFixture(other.db))).toEqual(new Set(['duplicate', 'superseded']))
    for (const view of [
      'session',
      'queue_entry',
      'handled_interaction',
      'virtual_agent_interaction',
      'transfer',
    ]) {
      const without = ['loaded_at', 'agent_key', 'from_agent_key', 'to_agent_key']
      expect(await other.dump(`analytics.${view}`, without)).toEqual(
        await database.dump(`analytics.${view}`, without),
      )
    }
  } finally {
    await other.drop()
  }
})
