import { createHash } from 'node:crypto'
import type { FastQueue, HandedOut } from './fast-queue.ts'
import { type Answer, type HttpRequest, writeResponse } from './http-server.ts'

export type SqsOptions = {
  /** Undefined for a queue that does not exist. */
  queueOf(queueUrl: string): FastQueue | undefined
  bodyOf(queueUrl: string, message: HandedOut): string
}

export type SqsAnswers = {
  answer: Answer
  /** Call this after sending messages, to answer waiting polls. */
  wake(): void
}

type Entry = { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }

/** The parts of a request that are read. All clients are part of the benchmark, so it is not validated. */
type Call = {
  QueueUrl: string
  QueueName?: string
  MaxNumberOfMessages?: number
  WaitTimeSeconds?: number
  VisibilityTimeout?: number
  ReceiptHandle?: string
  Entries?: Entry[]
}

type Poll = { call: Call; untilMs: number; isGone(): boolean; respond(response: Buffer): void }

const visibilitySecondsDefault = 60

/** The JSON protocol of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function createSqsAnswers(options: SqsOptions): SqsAnswers {
  let polls: Poll[] = []

  function take(call: Call): Buffer | undefined {
    const { MaxNumberOfMessages = 1, VisibilityTimeout = visibilitySecondsDefault, QueueUrl } = call
    const queue = options.queueOf(QueueUrl)
    const messages = queue?.receive(MaxNumberOfMessages, VisibilityTimeout * 1_000) ?? []
    if (messages.length === 0) return undefined
    const texts = messages.map((message) => writeMessage(message, options.bodyOf(QueueUrl, message)))
    return ok(`{"Messages":[${texts.join(',')}]}`)
  }

  function wake(): void {
    const now = Date.now()
    polls = polls.filter((poll) => {
      if (poll.isGone()) return false
      const taken = take(poll.call) ?? (poll.untilMs <= now ? ok('{}') : undefined)
      if (taken !== undefined) poll.respond(taken)
      return taken === undefined
    })
  }
  setInterval(wake, 50)

  function answer({ target, body, isGone }: HttpRequest, respond: (response: Buffer) => void): void {
    const call = JSON.parse(body) as Call
    const action = target.slice('AmazonSQS.'.length)
    const queue = options.queueOf(call.QueueUrl ?? call.QueueName ?? '')
    const atOnce =
      queue === undefined
        ? refused('AWS.SimpleQueueService.NonExistentQueue')
        : action === 'ReceiveMessage'
          ? take(call)
          : answerAtOnce(action, call, queue)
    if (atOnce !== undefined) respond(atOnce)
    else polls.push({ call, isGone, respond, untilMs: Date.now() + (call.WaitTimeSeconds ?? 0) * 1_000 })
  }

  return { answer, wake }
}

function answerAtOnce(action: string, call: Call, queue: FastQueue): Buffer {
  const { Entries: entries = [], ReceiptHandle: handle = '', VisibilityTimeout: seconds = 0 } = call
  switch (action) {
    case 'DeleteMessage':
      return queue.remove(handle) ? ok('') : refused('ReceiptHandleIsInvalid')
    case 'DeleteMessageBatch':
      return batchAnswer(entries, (entry) => queue.remove(entry.ReceiptHandle))
    case 'ChangeMessageVisibility':
      return queue.setVisibility(handle, seconds * 1_000) ? ok('') : refused('MessageNotInflight')
    case 'ChangeMessageVisibilityBatch':
      return batchAnswer(entries, (entry) =>
        queue.setVisibility(entry.ReceiptHandle, (entry.VisibilityTimeout ?? 0) * 1_000),
      )
    case 'GetQueueUrl':
      return ok(JSON.stringify({ QueueUrl: call.QueueName }))
    case 'GetQueueAttributes':
      return ok(JSON.stringify({ Attributes: attributesOf(queue) }))
    default:
      return refused('UnsupportedOperation')
  }
}

function batchAnswer(entries: readonly Entry[], work: (entry: Entry) => boolean): Buffer {
  const [Successful, Failed]: [object[], object[]] = [[], []]
  for (const entry of entries) {
    if (work(entry)) Successful.push({ Id: entry.Id })
    else Failed.push({ Id: entry.Id, Code: 'ReceiptHandleIsInvalid', SenderFault: true })
  }
  return ok(JSON.stringify(Failed.length === 0 ? { Successful } : { Successful, Failed }))
}

function attributesOf(queue: FastQueue): Record<string, string> {
  const { waiting, inFlight } = queue.state()
  return {
    ApproximateNumberOfMessages: String(waiting),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: '0',
    VisibilityTimeout: String(visibilitySecondsDefault),
    MessageRetentionPeriod: '345600',
    MaximumMessageSize: '1048576',
  }
}

function writeMessage({ number, receiptHandle, receiveCount, sentMs }: HandedOut, body: string): string {
  return JSON.stringify({
    MessageId: `5fea7756-0ea4-451a-a703-${String(number).padStart(12, '0')}`,
    ReceiptHandle: receiptHandle,
    // The SDK checks it.
    MD5OfBody: createHash('md5').update(body).digest('hex'),
    Body: body,
    Attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentMs),
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
  })
}

const jsonHeaders = {
  'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
  'content-type': 'application/x-amz-json-1.0',
}

function ok(body: string): Buffer {
  return writeResponse('200 OK', { ...jsonHeaders, date: new Date().toUTCString() }, body)
}

function refused(code: string): Buffer {
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: code })
  return writeResponse('400 Bad Request', { ...jsonHeaders, date: new Date().toUTCString() }, body)
}
