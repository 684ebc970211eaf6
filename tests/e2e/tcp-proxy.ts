import { connect, createServer, type Server, type Socket } from 'node:net'

export type TcpProxy = {
  port: number
  /** Begins to pass connections on. */
  open(): Promise<void>
  /** Stops listening on the port, and breaks every connection. */
  close(): Promise<void>
  /** Takes connections and what is sent on them, and never answers. */
  hang(): Promise<void>
}

/** A port that refuses connections until it is opened. */
export async function reserveProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }
  let server: Server | undefined
  async function listen(serve: (socket: Socket) => void, port: number): Promise<number> {
    const listening = createServer(serve)
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen(port, '127.0.0.1', () => resolve())
    })
    server = listening
    const address = listening.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  async function close(): Promise<void> {
    const closing = server
    server = undefined
    if (closing === undefined) return
    const closed = new Promise((resolve) => closing.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  function forward(socket: Socket): void {
    const onwards = connect(Number(target.port), target.hostname)
    keep(socket)
    keep(onwards)
    socket.pipe(onwards).pipe(socket)
    socket.once('close', () => onwards.destroy())
    onwards.once('close', () => socket.destroy())
  }
  const port = await listen(() => {}, 0)
  await close()
  return {
    port,
    close,
    open: async () => {
      await close()
      await listen(forward, port)
    },
    hang: async () => {
      await close()
      await listen((socket) => {
        keep(socket)
        socket.resume()
      }, port)
    },
  }
}

export function throughProxy(url: string, { port }: TcpProxy): string {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}
