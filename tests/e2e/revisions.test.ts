import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, type Json } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const { participants, transfers } = call1418
const at = (time: string) => `2026-03-23T${time}.000-07:00`
const [firstTransfer = {}] = transfers

/** Four exports of the call as its wrap-up, rating and feedback arrive; each replaces the one before. */
const revisions: Json[] = [
  { ...call1418, rating: null, participants: participants.slice(0, 3), transfers: [], handle_durations: [] },
  { ...call1418, updated_at: at('13:32:00'), feedback: 'later' },
  {
    ...call1418,
    updated_at: at('13:40:00'),
    rating: 2,
    participants: participants.filter(({ id }) => id !== 2919),
    transfers: [firstTransfer, { ...firstTransfer, id: 13, status: 'failed' }],
  },
  // A rating whose arrival left `updated_at` alone: the end of the survey shows that this is the newest.
  {
    ...call1418,
    updated_at: at('13:40:00'),
    rating: 4,
    participants: participants.filter(({ id }) => id !== 2915),
    transfers: [{ ...firstTransfer, id: 14, status: 'finished' }],
    consumer_event_durations: [{ id: 81, duration: 9, type: 'csat', ended_at: at('13:41:10') }],
  },
]
const newest = revisions.length - 1

/**
 * Indexes of the revisions in the order of their landing, -1 for none; `same`: all under one key. A newer revision is
 * overwritten there by an older one only after it was read.
 */
const arrivals = [
  { name: 'alone', order: [newest], of: 'the newest alone' },
  { name: 'ordered', order: [0, 1, 2, 3], of: 'in order' },
  { name: 'backwards', order: [3, 2, 1, 0], of: 'newest first' },
  { name: 'mixed', order: [2, 0, 3, 1], of: 'mixed' },
  { name: 'repeated', order: [0, 3, 3, 1, 0, 3, 2, 2], of: 'each of them more than once' },
  { name: 'overwritten', order: [0, 1, 2, 3], same: true, of: 'in order under one key' },
  { name: 'copied', order: [-1, 3, -1, 0, -1, 3, -1, 1], same: true, of: 'out of order under one key' },
]

let bench: Bench

beforeAll(async () => {
  bench = await openBench({ sources: arrivals.map(({ name }) => ({ name, bucket, prefix: `${name}/` })) })
  const worker = await startWorker(await bench.writeConfig('all'), { env: bench.env })
  const steps = Math.max(...arrivals.map(({ order }) => order.length))
  for (let step = 0; step < steps; step++) {
    for (const { name, order, same } of arrivals) {
      const revision = revisions[order[step] ?? -1]
      const key = same ? `${name}/call-1418.json` : `${name}/2026/03/${10 + step}/call-1418.json`
      if (revision !== undefined) await bench.put(key, revision)
    }
    // Half of the steps land together with the next one, so that they meet in one batch.
    if (step % 2 === 1) await bench.untilSettled()
  }
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

const state = (table: string, source: string) =>
  bench.rows(`
    select to_jsonb(t) - '{source,bucket,object_key,loaded_at}'::text[] as row
    from warehouse.${table} t where source = '${source}' order by 1`)

test('the newest revision alone becomes its rating, three participants less one, and its own transfer', async () => {
  const [session] = await bench.rows(
    `select rating, feedback, participant_count, transfer_count from warehouse.session where source = 'alone'`,
  )
  expect(session).toEqual({ rating: '4', feedback: null, participant_count: 4, transfer_count: 1 })
  const children = await bench.rows(`
    select participant_id as id from warehouse.call_participant where source = 'alone'
    union all select transfer_id from warehouse.transfer where source = 'alone' order by 1`)
  expect(children.map(({ id }) => id)).toEqual(['14', '2916', '2917', '2918', '2919'])
})

test.each(arrivals.slice(1))(
  'I2 I3 revisions that land $of leave the newest one and exactly its children',
  async ({ name }) => {
    for (const table of ['session', 'call_participant', 'transfer']) {
      expect(await state(table, name), table).toEqual(await state(table, 'alone'))
    }
  },
)

test.each(arrivals)(
  'I4 every key that landed $of has one ledger row, and one of them is stored',
  async (arrival) => {
    const { name, order, same } = arrival
    const ledger = await bench.rows<{ outcome: string; session_id: string }>(
      `select outcome, session_id from ingest.object where source = '${name}'`,
    )
    expect(ledger).toHaveLength(same ? 1 : order.length)
    expect(ledger.filter(({ session_id }) => session_id !== '1418')).toEqual([])
    const outcomes = new Set(ledger.map(({ outcome }) => outcome))
    for (const outcome of outcomes) expect(['stored', 'superseded', 'duplicate']).toContain(outcome)
  },
)

test('I3 a revision that moves the session to another month leaves nothing in the old one', async () => {
  const worker = await startWorker(await bench.writeConfig('moved'), { env: bench.env })
  const moved = {
    ...revisions[newest],
    created_at: '2026-02-27T10:00:00.000-07:00',
    updated_at: at('14:00:00'),
  }
  await bench.put('alone/2026/02/27/call-1418.json', moved)
  await bench.untilSettled()
  const rows = await bench.rows(`
    select 'session' as place, created_at from warehouse.session where source = 'alone'
    union all select 'participant', session_created_at from warehouse.call_participant where source = 'alone'
    union all select 'transfer', session_created_at from warehouse.transfer where source = 'alone' order by 1`)
  expect(rows.map(({ place }) => place)).toEqual([...Array(4).fill('participant'), 'session', 'transfer'])
  const months = new Set(rows.map(({ created_at }) => (created_at as Date).toISOString()))
  expect([...months]).toEqual(['2026-02-27T17:00:00.000Z'])
  worker.kill('SIGTERM')
  expect((await worker.ended()).code).toBe(0)
})
