import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Load } from '../mix/mix.ts'
import type { FastAwsOptions, Order, Report } from './fast-aws.ts'
import type { QueueState } from './fast-queue.ts'

export type FastAws = {
  url: string
  pid: number
  /** The environment for processes that use the AWS SDK or read its variables. */
  environment: Record<string, string>
  openQueue(name: string, options?: { keepsDelays?: boolean }): { url: string }
  /** Sends a message for each file of the load, at a rate or all at once. */
  send(queue: string, load: Load, perSecond?: number): void
  stateOf(queue: string): Promise<QueueState>
  /** Resolves once this many messages have been deleted since the last send. Rejects when it takes too long. */
  untilDeleted(queue: string, messages: number, msMax: number): Promise<QueueState>
  stop(): void
}

const pollMs = 15
const firstReceiveMsMax = 20_000

/** A certificate for `localhost` that the tests of Postgres over TLS use, too. */
const certificates = new URL('../../packages/warehouse/test/fixtures/tls/', import.meta.url)

/** S3 and SQS in a process of their own. Over TLS as AWS has them, or in clear text. */
export async function startFastAws({ objectDelayMs = 0, tls = false } = {}): Promise<FastAws> {
  const read = (name: string): string => readFileSync(new URL(name, certificates), 'utf8')
  const certificate = { cert: read('server.pem'), key: read('server.key') }
  const options: FastAwsOptions = { objectDelayMs, ...(tls ? { certificate } : {}) }
  const child = fork(new URL('./fast-aws.ts', import.meta.url).pathname, [JSON.stringify(options)])
  const asked = new Map<number, (state: QueueState) => void>()
  let lastId = 0
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the fast S3 and SQS exited with ${code}`)))
    child.on('message', (report: Report) => {
      if (report.kind === 'listening') return resolve(report.port)
      asked.get(report.id)?.(report.state)
      asked.delete(report.id)
    })
  })
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  const give = (order: Order): void => void child.send(order)

  function stateOf(queue: string): Promise<QueueState> {
    const id = ++lastId
    return new Promise((resolve) => {
      asked.set(id, resolve)
      give({ kind: 'ask', queue, id })
    })
  }

  async function untilDeleted(queue: string, messages: number, msMax: number): Promise<QueueState> {
    const startedMs = performance.now()
    for (;;) {
      const state = await stateOf(queue)
      if (state.deleted >= messages) return state
      const waitedMs = performance.now() - startedMs
      if (waitedMs > msMax)
        throw new Error(`${queue}: only ${state.deleted} of ${messages} messages were deleted in ${msMax} ms`)
      if (state.firstReceiveMs === null && waitedMs > firstReceiveMsMax) {
        throw new Error(`${queue}: no message was received in ${firstReceiveMsMax} ms`)
      }
      await wait(pollMs)
    }
  }

  return {
    url,
    pid: child.pid ?? 0,
    environment: {
      AWS_ENDPOINT_URL: url,
      ...(tls ? { NODE_EXTRA_CA_CERTS: new URL('ca.pem', certificates).pathname } : {}),
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    openQueue: (name, { keepsDelays = false } = {}) => {
      give({ kind: 'open', queue: name, keepsDelays })
      return { url: `${url}/000000000000/${name}` }
    },
    send: (queue, load, perSecond) => give({ kind: 'send', queue, load, perSecond: perSecond ?? null }),
    stateOf,
    untilDeleted,
    stop: () => void child.kill(),
  }
}
