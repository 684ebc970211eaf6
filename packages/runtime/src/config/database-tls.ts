import { readDatabaseUrl, urlAdvice } from './database-url.ts'

/** What of the configuration says how the database is reached. */
export type DatabasePlace = {
  url: string
  tls?: TlsMode
  /** PEM; only these certificate authorities are trusted then. */
  tlsCaFile?: string
}

/** `verify`: encrypted, the server's certificate and name are checked. `require`: encrypted, trusting anybody. */
export type TlsMode = 'verify' | 'require' | 'off'

export type Tls = {
  mode: TlsMode
  /** The name that the certificate has to be for. */
  host: string
  caFile?: string
  /** Of the client, for servers that ask for one. */
  certFile?: string
  keyFile?: string
}

export type TlsResult = { kind: 'tls'; tls: Tls } | { kind: 'problem'; message: string }

/**
 * How to connect. What is configured goes before what the URL says, and that before the default: `verify`, and `off`
 * where nothing leaves this machine. The URL can ask for TLS, never for less than the default; and `sslmode=require`,
 * which for libpq means to trust anybody, means `verify` here
 * (https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION). On a Unix socket there is no TLS.
 */
export function readTls({ url, tls, tlsCaFile }: DatabasePlace): TlsResult {
  const reading = readDatabaseUrl(url)
  if (reading.kind === 'problem') return { kind: 'problem', message: urlAdvice }
  const { host, parameters: searchParams } = reading.address
  if (host.startsWith('/')) return { kind: 'tls', tls: { mode: 'off', host } }
  const asked = askedBy(searchParams)
  if (asked.kind === 'unknown') return { kind: 'problem', message: asked.message }
  const isHere = isLoopback(host)
  if (tls === undefined && !isHere && (asked.kind === 'off' || asked.kind === 'require')) {
    const weaker = asked.kind === 'off' ? 'turns TLS off' : 'lets any certificate pass'
    const message = `${weaker} towards another machine; if that is meant, write database.tls: ${asked.kind}`
    return { kind: 'problem', message: `has a parameter (${asked.parameter}) that ${message}` }
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
      message: `has an ${name} that is not known; known are ${Object.keys(kinds).join(', ')}`,
    }
  }
  return { kind: 'default', parameter: '' }
}

/** A URL without a host means this machine. */
function isLoopback(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
