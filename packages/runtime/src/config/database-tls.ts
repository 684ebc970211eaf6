import { readDatabaseUrl } from './database-url.ts'

/** The part of the configuration that says how to connect to the database. */
export type DatabasePlace = {
  url: string
  tls?: TlsMode
  /** PEM file. If set, only these certificate authorities are trusted. */
  tlsCaFile?: string
}

/** `verify`: encrypted, with a check of the server's certificate and name. `require`: encrypted, without that check. */
export type TlsMode = 'verify' | 'require' | 'off'

export type Tls = {
  mode: TlsMode
  /** The host name that the certificate must match. */
  host: string
  caFile?: string
  /** The client's certificate, for servers that require one. */
  certFile?: string
  keyFile?: string
}

export type TlsResult = { kind: 'tls'; tls: Tls } | { kind: 'problem'; message: string }

/**
 * How to connect. The configuration overrides the URL, and the URL overrides the default, which is `verify`, or `off` if the
 * database is on this machine. The URL can ask for TLS, but never for less than the default. `sslmode=require`, which in
 * libpq does not check the certificate, means `verify` here
 * (https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION). There is no TLS on a Unix socket.
 * Each of several hosts is judged alone; `position` is that of the host.
 */
export function readTls({ url, tls, tlsCaFile }: DatabasePlace, position = 0): TlsResult {
  const result = readDatabaseUrl(url)
  if (result.kind === 'problem') return result
  const { hosts, parameters: searchParams } = result.address
  const { host } = hosts[position] ?? hosts[0]
  if (host.startsWith('/')) return { kind: 'tls', tls: { mode: 'off', host } }
  const asked = askedBy(searchParams)
  if (asked.kind === 'unknown') return { kind: 'problem', message: asked.message }
  const isHere = isLoopback(host)
  if (tls === undefined && !isHere && (asked.kind === 'off' || asked.kind === 'require')) {
    const weaker = asked.kind === 'off' ? 'turns TLS off' : 'accepts any certificate'
    const message = `${weaker} for a database on another machine; if you want that, set database.tls: ${asked.kind}`
    return { kind: 'problem', message: `its parameter ${asked.parameter} ${message}` }
  }
  const caFile = tlsCaFile ?? searchParams.get('sslrootcert')
  const certFile = searchParams.get('sslcert')
  const keyFile = searchParams.get('sslkey')
  return {
    kind: 'tls',
    tls: {
      mode: tls ?? (asked.kind === 'default' ? (isHere ? 'off' : 'verify') : asked.kind),
      host,
      ...(caFile === null ? {} : { caFile }),
      ...(certFile === null ? {} : { certFile }),
      ...(keyFile === null ? {} : { keyFile }),
    },
  }
}

type Asked = { kind: TlsMode | 'default'; parameter: string } | { kind: 'unknown'; message: string }

const kindOfMode: Readonly<Record<string, TlsMode | 'default'>> = {
  disable: 'off',
  allow: 'default',
  prefer: 'default',
  require: 'verify',
  'verify-ca': 'verify',
  'verify-full': 'verify',
  'no-verify': 'require',
}
const kindOfSsl: Readonly<Record<string, TlsMode>> = {
  true: 'verify',
  1: 'verify',
  false: 'off',
  0: 'off',
  'no-verify': 'require',
}

function askedBy(parameters: URLSearchParams): Asked {
  for (const [name, kinds] of [['sslmode', kindOfMode] as const, ['ssl', kindOfSsl] as const]) {
    const value = parameters.get(name)
    if (value === null) continue
    const kind = Object.hasOwn(kinds, value) ? kinds[value] : undefined
    if (kind !== undefined) return { kind, parameter: `${name}=${value}` }
    return {
      kind: 'unknown',
      message: `has an unknown ${name}; known values: ${Object.keys(kinds).join(', ')}`,
    }
  }
  return { kind: 'default', parameter: '' }
}

/** A URL without a host means this machine. */
function isLoopback(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
