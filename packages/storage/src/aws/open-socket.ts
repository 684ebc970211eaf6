import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
} from 'node:tls'

/** Where what was read is put, and what is called with it: without a stream between. */
type OnRead = { buffer: Buffer; callback(bytes: number, buffer: Uint8Array): boolean }

export type OpenSocket = (onread: OnRead) => {
  socket: Socket
  /** When a request can be written, and time-outs of the connection end. */
  readyEvent: 'connect' | 'secureConnect'
}

/** TLS sessions are resumed, which spares most of a handshake. Certificate authorities are those of all of Node. */
export function socketOpenerFor(origin: string): OpenSocket {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const shared = { host, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
  if (protocol === 'http:') {
    return (onread) => ({
      socket: connectTcp({ ...shared, port: Number(port || 80), onread }),
      readyEvent: 'connect',
    })
  }
  let secureContext: SecureContext | undefined
  let session: Buffer | undefined
  return (onread) => {
    secureContext ??= createSecureContext()
    const options: ConnectionOptions & { onread: OnRead } = {
      ...shared,
      port: Number(port || 443),
      secureContext,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(session === undefined ? {} : { session }),
      onread,
    }
    const socket = connectTls(options)
    socket.on('session', (fresh) => {
      session = fresh
    })
    return { socket, readyEvent: 'secureConnect' }
  }
}
