import { createHash } from 'node:crypto'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { type FaultRule, startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { expect, onTestFinished, vi } from 'vitest'
import { type Bench, bucket, openBench } from '../e2e/bench.ts'
import { endCommands } from '../e2e/command.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

async function openSuite(): Promise<Bench> {
  const bench = await openBench()
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

async function openProxy(bench: Bench, rule: FaultRule): Promise<string> {
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  proxy.setRule(rule)
  onTestFinished(proxy.stop)
  return proxy.address
}

const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

it('I8 what is beyond a bound is rejected with the code of that bound, beside a neighbour that is loaded', async () => {
  const bench = await openSuite()
  const participants = many(50_001).map((id) => ({ id }))
  await bench.put('acme/rows.json', callWithId(1, { participants }))
  await bench.put('acme/values.json', callWithId(2, { noise: many(500_001).map(() => 0) }))
  await bench.put('acme/documents.json', many(5_001))
  await bench.put('acme/call-3.json', callWithId(3))
  const record = (id: number) => ({
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key: `acme/${id}` } },
  })
  await bench.send({ Records: many(5_001).map(record) })
  const worker = await startWorker(await bench.writeConfig('bounds'), { env: bench.env })
  await bench.untilSettled()
  expect(await bench.rows('select object_key, code from ingest.rejection order by code')).toEqual([
    { object_key: 'acme/rows.json', code: 'document_too_many_rows' },
    { object_key: 'acme/values.json', code: 'document_too_wide' },
    { object_key: null, code: 'message_too_many_records' },
    { object_key: 'acme/documents.json', code: 'too_many_documents' },
  ])
  expect(await bench.rows('select session_id::int as id from warehouse.session')).toEqual([{ id: 3 }])
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})

it('I8 a message beyond what SQS can carry is rejected, and its start is kept', async () => {
  const bench = await openSuite()
  const body = `{"Records":[${' '.repeat(1_048_576)}]}`
  const md5 = createHash('md5').update(body).digest('hex')
  const address = await openProxy(bench, async (request, forward) => {
    const answer = await forward()
    if (request.action !== 'ReceiveMessage') return answer
    const { Messages = [] } = JSON.parse(answer.body.toString()) as { Messages?: object[] }
    const swollen = Messages.map((one) => ({ ...one, Body: body, MD5OfBody: md5 }))
    return { ...answer, body: Buffer.from(JSON.stringify({ Messages: swollen })) }
  })
  await bench.send('{}')
  const env = { ...bench.env, AWS_ENDPOINT_URL_SQS: address }
  const worker = await startWorker(await bench.writeConfig('large'), { env })
  await bench.untilSettled()
  expect(
    await bench.rows(`
      select code, detail, content_bytes::int as bytes, content_is_cut as is_cut from ingest.rejection
      where code = 'message_too_large'`),
  ).toEqual([
    {
      code: 'message_too_large',
      detail: `${body.length} bytes, more than 1048576`,
      bytes: body.length,
      is_cut: true,
    },
  ])
  await worker.stop()
})

/** Loads files of 400 KB and one of 2 MB, and returns how many were fetched at the same time. */
async function loadLarge(inFlightBytesMax: number): Promise<number> {
  const bench = await openSuite()
  let fetching = 0
  let most = 0
  const address = await openProxy(bench, async (request, forward) => {
    if (!request.path.startsWith(`/${bucket}/acme/`)) return forward()
    fetching += 1
    most = Math.max(most, fetching)
    return forward().finally(() => {
      fetching -= 1
    })
  })
  const ids = many(12)
  const padding = (id: number) => 'x'.repeat(id === 7 ? 2_000_000 : 400_000)
  await Promise.all(
    ids.map((id) => bench.put(`acme/call-${id}.json`, callWithId(id, { padding: padding(id) }))),
  )
  const env = { ...bench.env, AWS_ENDPOINT_URL_S3: address }
  const config = await bench.writeConfig('bytes', { worker: { inFlightBytesMax } })
  const worker = await startWorker(config, { env })
  await bench.untilSettled()
  expect(await bench.rows('select count(*)::int as n from warehouse.session')).toEqual([{ n: ids.length }])
  await worker.stop()
  return most
}

it('I8 no more bytes are in flight than worker.inFlightBytesMax allows, and a single larger object is loaded, too', async () => {
  // Three quarters of it are for live objects: one of 400 KB fits, two do not.
  expect(await loadLarge(1_048_576)).toBe(1)
  expect(await loadLarge(268_435_456)).toBeGreaterThan(1)
})
