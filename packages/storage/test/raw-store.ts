import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type RawRequest = {
  method: string
  /** As received. Through a proxy: with the origin before it. */
  target: string
  headers: IncomingHttpHeaders
  socket: Socket
}

export type RawAnswer = {
  status: number
  headers?: Record<string, string>
  body?: string
  /** Sends this many bytes of the body and then nothing more. */
  stallAfterBytes?: number
  /** Sends a byte at this interval, without end. */
  byteEveryMs?: number
}

export type RawStore = {
  host: string
  requests: RawRequest[]
  /** Undefined leaves the request without an answer. */
  answerWith(rule: (request: RawRequest) => RawAnswer | undefined): void
  stop(): Promise<void>
}

export const objectHeaders = {
  'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT',
  etag: '"0123456789abcdef0123456789abcdef"',
}

/** An HTTP server that answers as the test says and records raw requests, as a store or as the proxy before it. */
export async function startRawStore(address = '127.0.0.1'): Promise<RawStore> {
  const found = (): RawAnswer => ({ status: 200, body: 'hello' })
  let rule: (request: RawRequest) => RawAnswer | undefined = found
  const requests: RawRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: target = '', headers, socket } = incoming
    const request = { method, target, headers, socket }
    requests.push(request)
    const answer = rule(request)
    if (answer === undefined) return
    const { status, headers: given, body = '', stallAfterBytes, byteEveryMs } = answer
    outgoing.writeHead(status, { ...objectHeaders, 'content-length': String(body.length), ...given })
    if (byteEveryMs !== undefined) drip(outgoing, byteEveryMs)
    else if (stallAfterBytes === undefined) outgoing.end(body)
    else outgoing.write(body.slice(0, stallAfterBytes))
  })
  server.on('connect', ({ method = '', url: target = '', headers, socket }) => {
    requests.push({ method, target, headers, socket })
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    requests,
    answerWith: (next) => {
      rule = next
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function drip(outgoing: ServerResponse, everyMs: number): void {
  const timer = setInterval(() => outgoing.write(' '), everyMs)
  outgoing.once('close', () => clearInterval(timer))
}
