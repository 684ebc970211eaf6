import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
} from 'node:tls'

/** The buffer to read into, and the callback for each read. There is no stream in between. */
type OnRead = { buffer: Buffer; callback(bytes: number, buffer: Uint8Array): boolean }

export type OpenSocket = (onread: OnRead) => {
  socket: Socket
  /** From this event on, a request can be written. */
  readyEvent: 'connect' | 'secureConnect'
}

/** Resumes TLS sessions, which saves most of a handshake. Trusts the certificate authorities that Node trusts. */
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
