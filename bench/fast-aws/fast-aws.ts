import { filesOf, type Load, openMix } from '../mix/mix.ts'
import { writeS3Event } from '../mix/s3-event.ts'
import { createS3Answers } from './answer-s3.ts'
import { createSqsAnswers } from './answer-sqs.ts'
import { createFastQueue, type FastQueue, type QueueState } from './fast-queue.ts'
import { type Certificate, createHttpServer } from './http-server.ts'

/**
 * A very fast S3 and SQS in one process, so that the benchmark does not measure them. Started by `startFastAws`, which
 * sends it work and asks for its progress over IPC.
 */
export type Order =
  | { kind: 'open'; queue: string; keepsDelays: boolean }
  /** Sends a message for each file of the load, at a rate or all at once, and resets the counts of the queue. */
  | { kind: 'send'; queue: string; load: Load; perSecond: number | null }
  | { kind: 'ask'; queue: string; id: number }

export type Report = { kind: 'listening'; port: number } | { kind: 'state'; id: number; state: QueueState }

/** The one argument of this process, as JSON. */
export type FastAwsOptions = {
  /** How long S3 takes before it answers. */
  objectDelayMs: number
  /** Where there is one, S3 and SQS are served over TLS. */
  certificate?: Certificate
}

const { objectDelayMs, certificate }: FastAwsOptions = JSON.parse(process.argv[2] ?? '')
const mix = openMix()
type OpenQueue = { queue: FastQueue; loads: { from: number; load: Load }[] }
const queues = new Map<string, OpenQueue>()

const answerS3 = createS3Answers(mix)
const sqs = createSqsAnswers({
  queueOf: (queueUrl) => queues.get(nameOf(queueUrl))?.queue,
  bodyOf: (queueUrl, { number, sentMs }) => {
    const part = queues.get(nameOf(queueUrl))?.loads.findLast(({ from }) => from <= number)
    if (part === undefined) throw new Error(`message ${number} was never sent`)
    return writeS3Event(mix.fileAt(part.load, number - part.from), new Date(sentMs))
  },
})

const server = createHttpServer((request, respond) => {
  if (request.target !== '') sqs.answer(request, respond)
  else if (objectDelayMs === 0) answerS3(request, respond)
  else setTimeout(() => answerS3(request, respond), objectDelayMs)
}, certificate)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  report({ kind: 'listening', port: typeof address === 'object' ? (address?.port ?? 0) : 0 })
})
process.once('disconnect', () => process.exit(0))
process.on('message', (order: Order) => follow(order))

function follow(order: Order): void {
  switch (order.kind) {
    case 'open':
      queues.set(order.queue, { queue: createFastQueue(order), loads: [] })
      break
    case 'send':
      send(queueOf(order.queue), order.load, order.perSecond)
      break
    case 'ask':
      report({ kind: 'state', id: order.id, state: queueOf(order.queue).queue.state() })
  }
}

function queueOf(name: string): OpenQueue {
  const open = queues.get(name)
  if (open === undefined) throw new Error(`no queue ${name}`)
  return open
}

function send({ queue, loads }: OpenQueue, load: Load, perSecond: number | null): void {
  loads.push({ from: queue.startCounting().sent, load })
  const files = filesOf(load)
  if (perSecond === null) {
    queue.send(files)
    sqs.wake()
    return
  }
  const startedMs = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.min(files, Math.floor(((performance.now() - startedMs) / 1_000) * perSecond))
    if (due > sent) queue.send(due - sent)
    sent = Math.max(sent, due)
    sqs.wake()
    if (sent === files) clearInterval(timer)
  }, 5)
}

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1)
}

function report(message: Report): void {
  process.send?.(message)
}
