import { type HttpServer, listenHttp } from '@aftercall/runtime/process/listen-http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { type ConsoleEnv, normalizeRequest, type RequestParts, readRequest } from './read-request.ts'

export type ServeAppOptions = {
  app: Hono<ConsoleEnv>
  host: string
  port: number
  /** Names that browsers may use, in addition to `localhost` and addresses. */
  hosts: readonly string[]
  onError(error: unknown): void
}

/** Serves the app within the limits of connections, time and memory. Rejects with a `ListenError` if it cannot listen. */
export function serveApp({ app, host, port, hosts, onError }: ServeAppOptions): Promise<HttpServer> {
  return listenHttp({
    ...{ host, port, onError },
    handle: async (request, response, hold) => {
      const closed = new Promise((resolve) => response.once('close', resolve))
      const parts: RequestParts = { ...readRequest(request, hosts), hold, closed }
      normalizeRequest(request, parts)
      const answer = getRequestListener((asked) => app.fetch(asked, parts), { overrideGlobalObjects: false })
      await answer(request, response)
    },
  })
}
