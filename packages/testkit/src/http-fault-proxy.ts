import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export type ProxiedRequest = {
  method: string
  path: string
  headers: IncomingHttpHeaders
  /** The SQS action from its header. Undefined for S3. */
  action: string | undefined
  body: string
  /** Fires if the client disconnects before its answer. */
  closed: AbortSignal
}

export type ProxiedAnswer = {
  status: number
  headers: Record<string, string>
  body: Buffer
  /** The declared length. The real one by default. */
  bytesDeclared?: number
  /** Breaks the connection after this many bytes of the body. */
  cutAfterBytes?: number
  /** Sends this many bytes of the body, calls `stalled`, and then sends nothing more. */
  stall?: { afterBytes: number; stalled: () => void }
  /** Sends one byte of the body at this interval. */
  byteEveryMs?: number
}

/** Decides how to answer a request. `forward` forwards it, optionally with another body. */
export type FaultRule = (
  request: ProxiedRequest,
  forward: (body?: string) => Promise<ProxiedAnswer>,
) => Promise<ProxiedAnswer>

export type FaultProxy = {
  address: string
  /** All requests so far, forwarded or not. */
  requests: ProxiedRequest[]
  /** Applies to requests from now on. Without an argument everything is forwarded. */
  setRule(rule?: FaultRule): void
  stop(): Promise<void>
}

/** An HTTP proxy in front of an emulator, for answers that emulators never give. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const forwardAll: FaultRule = (_request, forward) => forward()
  let rule = forwardAll
  const requests: ProxiedRequest[] = []
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming)
    const target = incoming.headers['x-amz-target']
    const closing = new AbortController()
    outgoing.once('close', () => closing.abort())
    const proxied: ProxiedRequest = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      action: typeof target === 'string' ? target.replace('AmazonSQS.', '') : undefined,
      body: body.toString(),
      closed: closing.signal,
    }
    requests.push(proxied)
    const answer = await rule(proxied, (changed) =>
      forwardTo(targetPort, incoming, changed === undefined ? body : Buffer.from(changed)),
    )
    const { cutAfterBytes, stall, byteEveryMs, bytesDeclared = answer.body.length } = answer
    outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': String(bytesDeclared) })
    if (stall !== undefined) outgoing.write(answer.body.subarray(0, stall.afterBytes), stall.stalled)
    else if (byteEveryMs !== undefined) await drip(outgoing, answer.body, byteEveryMs)
    else if (cutAfterBytes === undefined) outgoing.end(answer.body)
    else outgoing.write(answer.body.subarray(0, cutAfterBytes), () => outgoing.destroy())
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    setRule: (next = forwardAll) => {
      rule = next
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function drip(outgoing: ServerResponse, body: Buffer, everyMs: number): Promise<void> {
  for (const byte of body) {
    if (outgoing.destroyed) return
    outgoing.write(Buffer.of(byte))
    await wait(everyMs)
  }
  outgoing.end()
}

/**
 * Ends a long poll when its client disconnects, as SQS does. fauxqs keeps waiting for the lost client and then delivers the
 * next messages to it, which are lost until their visibility timeout expires.
 */
export const endPollsWithTheirClient: FaultRule = async (request, forward) => {
  if (request.action !== 'ReceiveMessage') return forward()
  const call = JSON.parse(request.body) as { WaitTimeSeconds: number }
  const untilMs = performance.now() + call.WaitTimeSeconds * 1_000
  for (;;) {
    const answer = await forward(JSON.stringify({ ...call, WaitTimeSeconds: 0 }))
    const over = request.closed.aborted || performance.now() >= untilMs
    if (over || answer.body.includes('"Messages"')) return answer
    await wait(5)
  }
}

export function jsonAnswer(status: number, body: unknown): ProxiedAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'test' }
  return { status, headers, body: Buffer.from(JSON.stringify(body)) }
}

export function xmlErrorAnswer(status: number, code: string): ProxiedAnswer {
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': 'test' }
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
  return { status, headers, body: Buffer.from(body) }
}

function forwardTo(port: number, incoming: IncomingMessage, body: Buffer): Promise<ProxiedAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, 'content-length': String(body.length) }
    const outgoing = request(
      { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers, agent: false },
      (answer) => {
        readAll(answer).then((bytes) => {
          const kept = Object.entries(answer.headers).filter(
            ([name, value]) =>
              typeof value === 'string' &&
              !['connection', 'transfer-encoding', 'content-length'].includes(name),
          )
          resolve({
            status: answer.statusCode ?? 500,
            headers: Object.fromEntries(kept) as Record<string, string>,
            body: bytes,
          })
        }, reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
