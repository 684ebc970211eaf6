import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { sql } from 'kysely'
import { expect, onTestFinished, vi } from 'vitest'
import { type Bench, bucket, openBench } from '../e2e/bench.ts'
import { endCommands } from '../e2e/command.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

async function openSuite(): Promise<Bench> {
  const bench = await openBench({ notifies: false })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

async function ingestBytes({ database }: Bench): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class
    where relnamespace = 'ingest'::regnamespace and relkind = 'r'`.execute(database.db)
  return rows[0]?.bytes ?? 0
}

const filler = 'x'.repeat(130)

it('I8 a message adds rows that are linear in its bytes, whichever records it has', async () => {
  const bench = await openSuite()
  await bench.put('acme/call-1.json', callWithId(1))
  const unusable = Array.from({ length: 4_998 }, () => ({ eventName: filler }))
  const usable = {
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key: 'acme/call-1.json' } },
  }
  const body = JSON.stringify({ Records: [unusable[0], usable, ...unusable] })
  const before = await ingestBytes(bench)
  await bench.send(body)
  const worker = await startWorker(await bench.writeConfig('records'), { env: bench.env })
  await bench.untilSettled()
  expect(await bench.rows('select code, detail, content_bytes::int as bytes from ingest.rejection')).toEqual([
    {
      code: 'message_record_unusable',
      detail: expect.stringMatching(/^4999 of 5000 records: 0, 2, 3, .* …: s3: /),
      bytes: body.length,
    },
  ])
  expect((await ingestBytes(bench)) - before).toBeLessThan(2 * body.length + 500_000)
  expect(await bench.rows('select session_id::int as id from warehouse.session')).toEqual([{ id: 1 }])
  expect(await worker.metric('aftercall_messages_rejected_total')).toBe(1)
  await worker.stop()
})

it('I8 what a message says about itself is stored and logged within bounds, and every message is logged and counted', async () => {
  const bench = await openSuite()
  const envelope = (index: number) =>
    JSON.stringify({
      Type: 'SubscriptionConfirmation',
      TopicArn: `arn:\0${index}\ud83d${'t'.repeat(200_000)}`,
    })
  await bench.send(...Array.from({ length: 20 }, (_, index) => envelope(index)))
  const worker = await startWorker(await bench.writeConfig('topics'), { env: bench.env })
  await bench.untilSettled()
  const kept = await bench.rows<{ longest: number; rejections: number }>(
    'select max(length(detail)) as longest, count(*)::int as rejections from ingest.rejection',
  )
  expect(kept).toEqual([{ longest: expect.toSatisfy((length: number) => length <= 500), rejections: 20 }])
  expect(await worker.metric('aftercall_messages_rejected_total')).toBe(20)
  const lines = worker.logs().filter(({ msg }) => msg === 'message rejected')
  expect(lines).toHaveLength(20)
  expect(lines[0]).toMatchObject({
    level: 'warn',
    outcome: 'rejected',
    code: 'message_sns_subscription',
    messageId: expect.stringMatching(/./),
    receiveCount: 1,
  })
  await worker.stop()
  expect(
    Math.max(
      ...worker
        .stderr()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThan(2_000)
})

it('I8 a flood of messages that cannot be used leaves a bounded log, and the metric counts all of them', async () => {
  const bench = await openSuite()
  await bench.send(...Array.from({ length: 250 }, (_, index) => `no notification ${index}`))
  const worker = await startWorker(await bench.writeConfig('flood'), { env: bench.env })
  await bench.untilSettled()
  expect(await worker.metric('aftercall_messages_rejected_total')).toBe(250)
  const lines = worker.logs().filter(({ msg }) => msg === 'message rejected')
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(250)
  await worker.stop()
})
