import { connect, createServer, type Socket } from 'node:net'
import { splitMessages, withoutParameter } from './postgres-messages.ts'

export type TransactionPooler = {
  /** The URL with host and port of the pooler. */
  through(url: string): string
  close(): Promise<void>
}

export type PoolerOptions = {
  /** What to do with a client that sends `options` at startup. A pooler with default settings refuses it. */
  startupOptions: 'dropped' | 'refused'
}

type Server = { socket: Socket; client: Client | undefined; takeAnswers(bytes: Buffer): void }
type Client = { socket: Socket; server: Server | undefined; waiting: Buffer[]; unanswered: number }

/**
 * A pooler between clients and Postgres, like pgbouncer with `pool_mode = transaction`: each transaction of a client gets the
 * session that was free for longest. Sessions are never reset. Each client's login is forwarded, and the session that it opens
 * is shared by all clients. Supports one user and one database.
 */
export async function openTransactionPooler(
  targetUrl: string,
  { startupOptions }: PoolerOptions = { startupOptions: 'dropped' },
): Promise<TransactionPooler> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  const sharing = shareServers()

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }

  const listener = createServer((socket) => {
    keep(socket)
    const client: Client = { socket, server: undefined, waiting: [], unanswered: 0 }
    socket.once('data', (startup: Buffer) => {
      const { message, had } = withoutParameter(startup, 'options')
      if (had && startupOptions === 'refused') {
        socket.end(refusal('unsupported startup parameter: options'))
        return
      }
      const onwards = connect(Number(target.port), target.hostname)
      keep(onwards)
      onwards.write(message)
      passLoginOn(client, onwards, sharing)
    })
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', () => resolve())
  })
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Forwards the login until the server is ready. After that, the server is shared. */
function passLoginOn(client: Client, socket: Socket, sharing: Sharing): void {
  const server: Server = { socket, client, takeAnswers: () => {} }
  const passOn = (bytes: Buffer): void => void socket.write(bytes)
  client.socket.on('data', passOn)
  let isReadyOnce = false
  const takeLoginAnswers = splitMessages((message) => {
    client.socket.write(message)
    if (!isReady(message)) return
    isReadyOnce = true
    client.socket.off('data', passOn)
    server.takeAnswers = splitMessages((answer) => sharing.answer(server, answer))
    client.socket.on(
      'data',
      splitMessages((asked) => sharing.ask(client, asked)),
    )
    sharing.release(server)
  })
  server.takeAnswers = takeLoginAnswers
  socket.on('data', (bytes) => server.takeAnswers(bytes))
  socket.once('close', () => {
    sharing.leave(server)
    server.client?.socket.destroy()
  })
  client.socket.once('close', () => {
    if (!isReadyOnce) socket.destroy()
    // Another client must not continue its transaction.
    client.server?.socket.destroy()
  })
}

type Sharing = {
  ask(client: Client, message: Buffer): void
  answer(server: Server, message: Buffer): void
  release(server: Server): void
  leave(server: Server): void
}

function shareServers(): Sharing {
  const free: Server[] = []
  const queue: Client[] = []

  function release(server: Server): void {
    if (server.client !== undefined) server.client.server = undefined
    server.client = undefined
    free.push(server)
    serveQueue()
  }

  function serveQueue(): void {
    while (queue.length > 0 && free.length > 0) {
      const client = queue.shift()
      if (client === undefined || client.socket.destroyed) continue
      const server = free.shift()
      if (server === undefined) return
      server.client = client
      client.server = server
      for (const message of client.waiting.splice(0)) server.socket.write(message)
    }
  }

  function ask(client: Client, message: Buffer): void {
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === 'X') return
    if (type === 'Q' || type === 'S') client.unanswered += 1
    if (client.server !== undefined) {
      client.server.socket.write(message)
      return
    }
    client.waiting.push(message)
    if (!queue.includes(client)) queue.push(client)
    serveQueue()
  }

  function answer(server: Server, message: Buffer): void {
    const { client } = server
    if (client === undefined) return
    client.socket.write(message)
    if (!isReady(message)) return
    client.unanswered -= 1
    const isIdle = message[5] === 'I'.charCodeAt(0)
    if (isIdle && client.unanswered === 0) release(server)
  }

  function leave(server: Server): void {
    const position = free.indexOf(server)
    if (position !== -1) free.splice(position, 1)
  }

  return { ask, answer, release, leave }
}

function isReady(message: Buffer): boolean {
  return message[0] === 'Z'.charCodeAt(0)
}

function refusal(text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${text}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
