import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type ConnectionBounds = {
  /** Of one more, a connection is closed: the longest without an answer under way, or else the one with the oldest answer. */
  connectionsMax: number
  /** Of all answers that are not read yet. Beyond it, the connection with the oldest of them is closed. */
  answerBytesMax: number
}

export type BoundedConnections = {
  /**
   * Resolves when the answers to the earlier requests of this connection have left. False: the connection is gone. A client can
   * send a thousand requests in one packet and read no answer; all of them would be made and kept.
   */
  takeTurn(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Counts what is about to be sent, until it has left. */
  hold(socket: Socket, bytes: number): void
}

/** A client that asks nothing, or reads slowly, loses its connection before others lose theirs. */
export function boundConnections(server: Server, bounds: ConnectionBounds): BoundedConnections {
  /** By how long they have waited for a request, the longest first. */
  const waiting = new Set<Socket>()
  /** Bytes of the answer under way, by the age of its request, the oldest first. */
  const answering = new Map<Socket, number>()
  const lastAnswer = new WeakMap<Socket, Promise<void>>()

  server.on('connection', (socket: Socket) => {
    socket.once('close', () => forget(socket))
    // Before the new one is among them, which comes last.
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
    let sum = [...answering.values()].reduce((total, one) => total + one, 0)
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
