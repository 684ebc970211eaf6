import { poisonContent } from '@aftercall/testkit/poison-content'
import { expect, test, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { openHttpBench } from './http-bench.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const count = 300

test('I5 among as many files that can never be loaded every good one is stored, and every bad one is kept with its bytes', async () => {
  const bench = await openHttpBench({ receivesMax: 1 })
  const ids = Array.from({ length: count }, (_, position) => position + 1)
  const poison = ids.map((id) => poisonContent(id))
  for (const [position, id] of ids.entries()) {
    const bad = poison[position]
    if (bad !== undefined) await bench.put(`acme/bad/${bad.key}`, bad.bytes)
    await bench.put(`acme/good/call-${id}.json`, callWithId(id))
  }
  const worker = await startWorker(await bench.writeConfig('poison'), { env: bench.env })
  await bench.untilSettled()
  const sessions = await bench.rows('select session_id::int as id from warehouse.session order by 1')
  expect(sessions).toEqual(ids.map((id) => ({ id })))
  const kept = await bench.rows<{ object_key: string; code: string; content: Buffer | null }>(
    `select object_key, code, kept.content
     from ingest.rejection left join ingest.rejected_content as kept using (content_sha256)`,
  )
  const rejected = kept.map(({ object_key, code, content }) => [
    object_key,
    code,
    content?.toString('base64') ?? '',
  ])
  const wanted = poison.map(({ key, code, bytes }) => [
    `acme/bad/${key}`,
    code,
    Buffer.from(bytes).toString('base64'),
  ])
  expect(new Map(rejected.map((one) => [one[0], one]))).toEqual(new Map(wanted.map((one) => [one[0], one])))
  expect(rejected).toHaveLength(count)
  const ledger = await bench.rows(
    'select outcome, count(*)::int as objects from ingest.object group by 1 order by 1',
  )
  expect(ledger).toEqual([
    { outcome: 'rejected', objects: count },
    { outcome: 'stored', objects: count },
  ])
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})
