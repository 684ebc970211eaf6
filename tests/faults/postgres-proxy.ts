import { connect, createServer, type Socket } from 'node:net'

/** `swallow`: the sender hears nothing of it, the receiver nothing at all. `cut`: both ends break. */
export type ChunkAction = 'pass' | 'swallow' | 'cut'

export type Chunk = {
  bytes: Buffer
  to: 'server' | 'client'
  /** Counts from 1, in the order in which they were made. */
  connection: number
}

export type PostgresProxy = {
  /** That URL, by way of here. */
  through(url: string): string
  connections(): number
  close(): Promise<void>
}

export type PostgresProxyOptions = {
  /** Asked of each chunk as it comes in. */
  judge(chunk: Chunk): ChunkAction
  /** On the way of each chunk. */
  delayMs?: number
}

/** Looks at everything that passes between a client and Postgres, and decides what becomes of it. */
export async function openPostgresProxy(
  targetUrl: string,
  { judge, delayMs = 0 }: PostgresProxyOptions,
): Promise<PostgresProxy> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  let made = 0

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }

  function pass(from: Socket, onto: Socket, to: Chunk['to'], connection: number): void {
    from.on('data', (bytes) => {
      switch (judge({ bytes, to, connection })) {
        case 'swallow':
          return
        case 'cut':
          from.destroy()
          onto.destroy()
          return
        case 'pass':
          if (delayMs === 0) onto.write(bytes)
          else setTimeout(() => onto.writable && onto.write(bytes), delayMs)
      }
    })
    // When a network swallows, one end does not learn that the other is gone.
    from.once('close', () => {
      if (judge({ bytes: Buffer.alloc(0), to, connection }) !== 'swallow') onto.destroy()
    })
  }

  const server = createServer((client) => {
    made += 1
    const onwards = connect(Number(target.port), target.hostname)
    keep(client)
    keep(onwards)
    pass(client, onwards, 'server', made)
    pass(onwards, client, 'client', made)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    through: (url) => {
      const changed = new URL(url)
      changed.port = String(port)
      return changed.href
    },
    connections: () => made,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
