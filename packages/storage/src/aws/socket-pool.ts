import { abortError, type Exchange } from './collect-answer.ts'
import type { HttpAnswer, HttpRequest } from './http-message.ts'
import { socketOpenerFor } from './open-socket.ts'
import type { ProgressWatch } from './progress-watch.ts'
import { Connection } from './socket-connection.ts'

export type SocketPoolOptions = {
  connectionsMax: number
  connectTimeoutMs: number
  /** An idle connection is closed after this time. */
  keepAliveMs: number
  progress: ProgressWatch
}

/** Calls to one origin over kept connections, with one request at a time on each. */
export type SocketPool = {
  call(request: HttpRequest): Promise<HttpAnswer>
  destroy(): void
}

/** A small object fits in with its head. A TLS record is not larger. */
const readBytesMax = 16_384

/** How often timeouts are checked, by one timer for all connections. */
const tickMs = 250

export function createSocketPool(origin: string, options: SocketPoolOptions): SocketPool {
  const openSocket = socketOpenerFor(origin)
  const readBuffer = Buffer.allocUnsafeSlow(readBytesMax)
  const connections = new Set<Connection>()
  /** The last used is used first, so that the others time out. */
  const idle: Connection[] = []
  /** Each with the function that stops listening to its signal. */
  const waiting = new Map<Exchange, () => void>()
  let isDestroyed = false
  let timer: NodeJS.Timeout | undefined
  let tickedMs = 0

  function open(): Connection {
    const connection = new Connection(openSocket, { ...options, readBuffer, isFree, isGone })
    connections.add(connection)
    if (timer === undefined) {
      tickedMs = performance.now()
      timer = setInterval(tick, tickMs).unref()
    }
    return connection
  }

  function isFree(connection: Connection): void {
    const next = nextWaiting()
    if (next !== undefined) connection.start(next)
    else idle.push(connection)
  }

  function isGone(connection: Connection): void {
    connections.delete(connection)
    const at = idle.indexOf(connection)
    if (at !== -1) idle.splice(at, 1)
    const next = nextWaiting()
    if (next !== undefined) open().start(next)
  }

  function nextWaiting(): Exchange | undefined {
    for (const [next, stopListening] of waiting) {
      waiting.delete(next)
      stopListening()
      return next
    }
    return undefined
  }

  function tick(): void {
    const nowMs = performance.now()
    // If this process was blocked, it has not read yet what arrived in that time.
    const heldUpMs = Math.max(0, nowMs - tickedMs - 2 * tickMs)
    tickedMs = nowMs
    for (const connection of connections) connection.tick(nowMs, heldUpMs)
    if (connections.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  function wait(exchange: Exchange): void {
    const { signal } = exchange.request
    const onAbort = (): void => {
      waiting.delete(exchange)
      exchange.reject(abortError())
    }
    waiting.set(exchange, () => signal?.removeEventListener('abort', onAbort))
    signal?.addEventListener('abort', onAbort, { once: true })
  }

  return {
    call(request) {
      return new Promise((resolve, reject) => {
        const exchange: Exchange = { request, resolve, reject }
        if (isDestroyed || request.signal?.aborted) reject(abortError())
        else if (idle.length > 0) idle.pop()?.start(exchange)
        else if (connections.size < options.connectionsMax) open().start(exchange)
        else wait(exchange)
      })
    },
    destroy() {
      clearInterval(timer)
      timer = undefined
      isDestroyed = true
      for (let next = nextWaiting(); next !== undefined; next = nextWaiting()) next.reject(abortError())
      for (const connection of [...connections]) connection.destroy()
    },
  }
}
