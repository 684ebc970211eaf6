import { chance, pick, type Random, randomFrom } from '@aftercall/samples/random'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { type FaultRule, jsonAnswer, type ProxiedAnswer } from '@aftercall/testkit/http-fault-proxy'
import { countOf } from '@aftercall/testkit/test-count'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { expect, vi } from 'vitest'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { faultsOfObjects, openHttpBench } from './http-bench.ts'
import { expectAllStored, putSamples, settledObjects, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

type Entry = { Id: string; ReceiptHandle: string }
type BatchCall = { Entries: Entry[] }
type Received = { Messages?: { ReceiptHandle: string }[] }

const sqsError = (status: number, type: string): ProxiedAnswer =>
  jsonAnswer(status, { __type: `com.amazonaws.sqs#${type}`, message: type })
const wholeFailures: (() => Promise<ProxiedAnswer>)[] = [
  async () => sqsError(500, 'InternalError'),
  async () => sqsError(400, 'RequestThrottled'),
  async () => sqsError(403, 'AccessDeniedException'),
  async () => ({ status: 503, headers: {}, body: Buffer.from('upstream down') }),
  async () => ({ ...jsonAnswer(200, { Messages: [], Successful: [] }), cutAfterBytes: 5 }),
  async () => jsonAnswer(200, 'neither a list nor an answer'),
  () => Promise.reject(new Error('the connection is closed')),
]
/** Messages come back as often as they have to, when the test says so: a short visibility would lapse on a busy machine. */
const options = { sources, receivesMax: 1_000 }

/** Of one entry of a batch: some may pass when they are tried again, some never do. */
const entryFailures = [
  { Code: 'RequestThrottled', SenderFault: false },
  { Code: 'InternalError', SenderFault: false },
  { Code: 'ReceiptHandleIsInvalid', SenderFault: true },
  { Code: 'SomethingNew', SenderFault: true },
]

/** Fails a share of all calls whole, and a share of the entries of those that pass. Notes the receipts that are given. */
function failSome(random: Random, received: string[]): FaultRule {
  return async (request, forward) => {
    if (request.action === undefined) return forward()
    if (chance(random, 0.2)) return pick(random, wholeFailures)()
    if (request.action === 'ReceiveMessage') {
      const answer = await forward()
      const { Messages = [] } = JSON.parse(answer.body.toString()) as Received
      received.push(...Messages.map(({ ReceiptHandle }) => ReceiptHandle))
      return answer
    }
    if (!request.action.endsWith('Batch')) return forward()
    const call = JSON.parse(request.body) as BatchCall
    const failed = new Map(
      call.Entries.filter(() => chance(random, 0.2)).map(({ Id }) => [Id, pick(random, entryFailures)]),
    )
    const passed = call.Entries.filter(({ Id }) => !failed.has(Id))
    const answer =
      passed.length === 0 ? undefined : await forward(JSON.stringify({ ...call, Entries: passed }))
    const known = answer === undefined ? {} : JSON.parse(answer.body.toString())
    const failures = [...failed].map(([Id, failure]) => ({ Id, ...failure }))
    return jsonAnswer(200, { ...known, Failed: [...(known.Failed ?? []), ...failures] })
  }
}

it('I1 I4 calls to SQS that fail, whole or for single messages, lose nothing and leave nothing twice', async () => {
  const random = randomOfTest()
  const bench = await openHttpBench(options)
  const load = await putSamples(bench, 'calls', countOf({ quick: 40, thorough: 120 }))
  const received: string[] = []
  bench.proxy.setRule(failSome(random, received))
  // So that the ten are called often.
  const config = await bench.writeConfig('calls', { worker: { inFlight: 40 } })
  const worker = await startWorker(config, { env: bench.proxiedEnv })
  await bench.untilSettled(async ({ visible, delayed }) => {
    const isIdle = visible + delayed === 0 && (await worker.metric('aftercall_objects_in_flight')) === 0
    // These it could not ack.
    if (isIdle) await bench.lapse(received.splice(0))
  })
  await expectAllStored(bench, load)
  await worker.stop()
})

it('I2 I3 messages that reach two workers, and a worker twice in one batch, end as if they came once', async () => {
  const random = randomOfTest()
  const bench = await openHttpBench(options)
  const load = await putSamples(bench, 'duplicates', 100)
  const again: NonNullable<Received['Messages']> = []
  let [duplicates, repeatedIds, longestBatch] = [0, 0, 0]
  bench.proxy.setRule(async (request, forward) => {
    if (request.action === 'DeleteMessageBatch') {
      const ids = (JSON.parse(request.body) as BatchCall).Entries.map(({ Id }) => Id)
      repeatedIds += ids.length - new Set(ids).size
      longestBatch = Math.max(longestBatch, ids.length)
    }
    if (request.action !== 'ReceiveMessage') return forward()
    const answer = await forward()
    const { Messages = [] } = JSON.parse(answer.body.toString()) as Received
    const given = [...again.splice(0, 10 - Messages.length), ...Messages]
    duplicates += given.length - Messages.length
    again.push(...Messages.filter(() => chance(random, 0.5)))
    // The same receipt within one answer, too.
    const twice = given.length > 0 && given.length < 10 ? [...given, ...given.slice(0, 1)] : given
    return jsonAnswer(200, { Messages: twice })
  })
  const config = await bench.writeConfig('two', { worker: { inFlight: 40 } })
  const workers = await Promise.all([1, 2].map(() => startWorker(config, { env: bench.proxiedEnv })))
  await bench.untilSettled()
  await until('no duplicate is under way', async () => {
    const inFlight = await Promise.all(workers.map((one) => one.metric('aftercall_objects_in_flight')))
    return inFlight.every((objects) => objects === 0)
  })
  // How many there are is a matter of how fast the workers are; none would prove nothing.
  expect(duplicates).toBeGreaterThan(5)
  expect(repeatedIds).toBe(0)
  expect(longestBatch).toBeLessThanOrEqual(10)
  await expectAllStored(bench, load)
  for (const one of workers) await one.stop()
})

it('I1 I2 a message whose visibility ends while it is worked on goes to another worker, and nothing is lost or stored twice', async () => {
  const bench = await openHttpBench(options)
  const load = await putSamples(bench, 'visibility', 60)
  let lost = 0
  const held: (() => void)[] = []
  const noVisibility: FaultRule = async (request, forward) => {
    if (request.action !== 'ChangeMessageVisibilityBatch') return forward()
    lost += 1
    return pick(randomFrom(lost), [sqsError(500, 'InternalError'), sqsError(400, 'RequestThrottled')])
  }
  // The first worker never gets an object, until all of its messages are another's.
  const hold = faultsOfObjects((_key, forward) =>
    new Promise<void>((resolve) => held.push(resolve)).then(() => forward()),
  )
  bench.proxy.setRule((request, forward) =>
    request.action === undefined ? hold(request, forward) : noVisibility(request, forward),
  )
  // Only its own messages lapse.
  const config = await bench.writeConfig('first', {
    queues: { live: { url: bench.queueUrl, visibilitySeconds: 2 } },
    worker: { inFlight: 40 },
  })
  const first = await startWorker(config, { env: bench.proxiedEnv })
  await until('the first worker is full', () => held.length >= 40)
  const second = await startWorker(await bench.writeConfig('second'), { env: bench.env })
  await until(
    'the second worker has stored all',
    async () => (await settledObjects(bench)) === load.keys.size,
  )
  expect(lost).toBeGreaterThan(0)
  bench.proxy.setRule(noVisibility)
  for (const release of held) release()
  await bench.untilSettled()
  await until(
    'the first worker is done',
    async () => (await first.metric('aftercall_objects_in_flight')) === 0,
  )
  await expectAllStored(bench, load)
  for (const one of [first, second]) await one.stop()
})
