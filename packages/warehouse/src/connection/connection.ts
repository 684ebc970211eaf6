import { readFileSync } from 'node:fs'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import { type DatabasePlace, readTls, type Tls } from '@aftercall/runtime/config/database-tls'
import {
  type DatabaseAddress,
  readDatabaseUrl,
  type TargetServer,
} from '@aftercall/runtime/config/database-url'
import { sqlStateOf } from './error-class.ts'

export type TlsErrorCode =
  | 'tls_file_unreadable'
  | 'tls_setting_invalid'
  | 'tls_untrusted'
  | 'tls_wrong_name'
  | 'tls_unsupported'
  | 'tls_demanded'

/** The message says what to set. It never contains the URL. */
export class TlsError extends Error {
  override readonly name = 'TlsError'
  readonly code: TlsErrorCode
  readonly retryable = false
  constructor(code: TlsErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

export type Connection = {
  user: string | undefined
  password: string | undefined
  host: string
  port: number | undefined
  database: string | undefined
  options: string | undefined
  ssl: ConnectionOptions | false
}

/** The servers that a URL names, in its order, and which of them to use. */
export type Connections = {
  servers: [Connection, ...Connection[]]
  target: TargetServer | undefined
}

/**
 * The options for the driver, for each server. It never sees the URL: it would parse it by its own rules, and accept parameters that could
 * weaken TLS. An undefined option comes from the environment (`PGUSER`, `PGPASSWORD`) or its default.
 * @throws TlsError
 */
export function connectionsTo(place: DatabasePlace): Connections {
  const reading = readDatabaseUrl(place.url)
  if (reading.kind === 'problem') throw new TypeError(`database.url ${reading.message}`)
  const [first, ...others] = reading.address.hosts.map((_, position) =>
    connectionTo(place, reading.address, position),
  )
  if (first === undefined) throw new TypeError('database.url has no host')
  return { servers: [first, ...others], target: reading.address.target }
}

function connectionTo(place: DatabasePlace, address: DatabaseAddress, position: number): Connection {
  const tls = tlsOf(place, position)
  const { user, password, database, parameters, hosts } = address
  const { host, port } = hosts[position] ?? hosts[0]
  return {
    ...{ user, password, port, database },
    // Without a host the driver would use PGHOST, which the choice of TLS does not consider.
    host: host || 'localhost',
    options: parameters.get('options') ?? undefined,
    ssl: tls.mode === 'off' ? false : optionsOf(tls),
  }
}

function tlsOf(place: DatabasePlace, position: number): Tls {
  const reading = readTls(place, position)
  if (reading.kind === 'problem') throw new TlsError('tls_setting_invalid', `database.url ${reading.message}`)
  return reading.tls
}

function optionsOf({ mode, host, caFile, certFile, keyFile }: Tls): ConnectionOptions {
  return {
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED has no effect.
    rejectUnauthorized: mode === 'verify',
    // The driver passes the host to Node only if it is not an address; without a name, Node would check "localhost".
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host || 'localhost', certificate),
    ...(caFile === undefined ? {} : { ca: read(caFile, 'database.tlsCaFile') }),
    ...(certFile === undefined ? {} : { cert: read(certFile, 'sslcert in database.url') }),
    ...(keyFile === undefined ? {} : { key: read(keyFile, 'sslkey in database.url') }),
  }
}

/** Read once, at start: a pool keeps the options that it was opened with. */
function read(file: string, setting: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN ')) return text
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new TlsError('tls_file_unreadable', `${setting}: ${file} cannot be read (${reason})`, error)
  }
  throw new TlsError(
    'tls_file_unreadable',
    `${setting}: ${file} contains no certificate or key in PEM format`,
  )
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
])

export class PoolerError extends Error {
  override readonly name = 'PoolerError'
  readonly code = 'startup_parameter_unsupported'
  /** The pooler may be reconfigured while a worker waits. */
  readonly retryable = true
}

/** Explains a failure to connect if TLS or a pooler is the reason, and returns any other failure as it is. */
export function explainConnectFailure(error: unknown, { ssl }: Pick<Connection, 'ssl'>): unknown {
  if (!(error instanceof Error)) return error
  if (/unsupported startup parameter/i.test(error.message)) {
    const fix =
      'remove options=… from database.url and PGOPTIONS, or add it to ignore_startup_parameters of pgbouncer'
    const message = `the pooler in front of the database refuses a startup parameter (${error.message}); ${fix}`
    return new PoolerError(message, { cause: error })
  }
  const code = 'code' in error ? String(error.code) : ''
  if (untrusted.has(code)) {
    const fix = `set database.tlsCaFile to a PEM file with the certificate authority that signed it (for Amazon RDS: global-bundle.pem)`
    const message = `the certificate of the database is not trusted (${error.message}); ${fix}`
    return new TlsError('tls_untrusted', message, error)
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const message = `the certificate of the database is for another name; use its name in database.url: ${error.message}`
    return new TlsError('tls_wrong_name', message, error)
  }
  if (error.message === 'The server does not support SSL connections') {
    const fix = 'enable it there, or set database.tls: off if the network is trusted'
    return new TlsError('tls_unsupported', `the database does not offer TLS; ${fix}`, error)
  }
  if (ssl === false && sqlStateOf(error) === '28000' && / no encryption$/.test(error.message)) {
    const message = `the database accepts this login only with TLS (${error.message}); set database.tls: verify`
    return new TlsError('tls_demanded', message, error)
  }
  return error
}
