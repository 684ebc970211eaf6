import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type ConnectionBounds = {
  /** With one more, a connection is closed: the one that has waited longest without a request, or else the one with the oldest answer. */
  connectionsMax: number
  /** The most bytes of all answers that are not yet read. Above it, the connection with the oldest one is closed. */
  answerBytesMax: number
}

export type BoundedConnections = {
  /**
   * Resolves when the answers to earlier requests of this connection have been sent. Resolves to false if the connection is
   * gone. Otherwise a client could send a thousand requests in one packet and read no answer, and we would keep them all.
   */
  takeTurn(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Counts the bytes of an answer until it has been sent. */
  hold(socket: Socket, bytes: number): void
}

/** Closes connections of clients that are idle or read slowly before those of others. */
export function boundConnections(server: Server, bounds: ConnectionBounds): BoundedConnections {
  /** Connections without a request, the one that has waited longest first. */
  const waiting = new Set<Socket>()
  /** Connections with a request and the bytes of its answer, the oldest request first. */
  const answering = new Map<Socket, number>()
  const lastAnswer = new WeakMap<Socket, Promise<void>>()

  server.on('connection', (socket: Socket) => {
    socket.once('close', () => forget(socket))
    // Chosen before the new connection is added.
    const [longest = firstOf(answering)] = waiting
    waiting.add(socket)
    if (waiting.size + answering.size > bounds.connectionsMax) close(longest ?? socket)
  })

  function forget(socket: Socket): void {
    waiting.delete(socket)
    answering.delete(socket)
  }

  function close(socket: Socket): void {
    forget(socket)
    socket.destroy()
  }

  async function takeTurn({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const before = lastAnswer.get(socket)
    lastAnswer.set(socket, new Promise((resolve) => response.once('close', resolve)))
    await before
    if (socket.destroyed) return false
    waiting.delete(socket)
    answering.set(socket, 0)
    response.once('close', () => {
      answering.delete(socket)
      if (!socket.destroyed) waiting.add(socket)
    })
    return true
  }

  function hold(socket: Socket, bytes: number): void {
    if (!answering.has(socket)) return
    answering.set(socket, bytes)
    let sum = [...answering.values()].reduce((total, answerBytes) => total + answerBytes, 0)
    for (const [other, held] of answering) {
      if (sum <= bounds.answerBytesMax) return
      if (other === socket || held === 0) continue
      close(other)
      sum -= held
    }
  }

  return { takeTurn, hold }
}

function firstOf(sockets: ReadonlyMap<Socket, number>): Socket | undefined {
  const [first] = sockets.keys()
  return first
}
