import { costlyContent } from '@aftercall/testkit/costly-content'
import { expect, test, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { openHttpBench } from './http-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const costlyKey = 'acme/costly.json'
const costlyId = 1_000_000
const neighbours = Array.from({ length: 60 }, (_, position) => position + 1)

test('I5 a worker killed while it maps a large document loses it and its neighbours one receive, and the next stores all', async () => {
  const bench = await openHttpBench({ receivesMax: 3, visibilitySeconds: 10 })
  const costly = costlyContent('many keys', 250_000, costlyId)
  await bench.put(costlyKey, costly)
  for (const id of neighbours) await bench.put(`acme/good/call-${id}.json`, callWithId(id))
  const config = await bench.writeConfig('killed')
  const env = bench.proxiedEnv
  const killed = await startWorker(config, { env })
  await until('the large document is fetched', async () => {
    return (await killed.metric('aftercall_object_bytes_total')) > costly.length
  })
  // Mapping it takes a second and more.
  expect(await killed.metric('aftercall_large_objects_total')).toBe(0)
  killed.kill('SIGKILL')
  expect(await killed.ended()).toMatchObject({ code: null, signal: 'SIGKILL' })
  expect(await bench.rows(`select from ingest.object where object_key = '${costlyKey}'`)).toEqual([])

  const next = await startWorker(config, { env })
  await bench.untilSettled()
  const stored = 'select session_id::int as id from warehouse.session order by 1'
  expect(await bench.rows(stored)).toEqual([...neighbours, costlyId].map((id) => ({ id })))
  const receives = `select max(receive_count) filter (where object_key = '${costlyKey}') as costly,
    max(receive_count) filter (where object_key <> '${costlyKey}') <= 2 as neighbours_lost_one from ingest.object`
  expect(await bench.rows(receives)).toEqual([{ costly: 2, neighbours_lost_one: true }])
  expect(await bench.deadLetters()).toBe(0)
  await next.stop()
})
