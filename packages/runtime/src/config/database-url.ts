export type DatabaseHost = {
  /** A host name, an address without brackets, or the folder of a Unix socket. Empty means this machine. */
  host: string
  port: number | undefined
}

export type DatabaseAddress = {
  user: string | undefined
  password: string | undefined
  /** Tried in this order. */
  hosts: [DatabaseHost, ...DatabaseHost[]]
  database: string | undefined
  /** Which of the hosts to use. Undefined if the URL does not say it. */
  target: TargetServer | undefined
  parameters: URLSearchParams
}

/** The values of `target_session_attrs` in libpq, except `prefer-standby`. */
const targets = ['any', 'read-write', 'primary', 'read-only', 'standby'] as const
export type TargetServer = (typeof targets)[number]

export type UrlResult = { kind: 'address'; address: DatabaseAddress } | { kind: 'problem'; message: string }

/** Never quotes the URL: if it cannot be parsed, any part of it may be part of the password. */
export const urlAdvice =
  'must be a postgres:// URL. In user names and passwords, percent-encode these characters: ' +
  '/ as %2F, # as %23, ? as %3F, @ as %40, : as %3A, % as %25; ' +
  'or set database.user and database.password, which need no encoding'

const problem: UrlResult = { kind: 'problem', message: urlAdvice }

/**
 * The only parser of database URLs, for connections and for messages. An unencoded `/`, `#`, or `?` in a password ends the
 * authority early, and the rest of the password would become a port, a database, or a parameter. Such a URL still has an `@`
 * after the authority, so that is a problem. Several hosts are separated by commas, as in libpq
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS).
 */
export function readDatabaseUrl(text: string): UrlResult {
  const match = /^postgres(?:ql)?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(
    text.replaceAll(/[\t\r\n]/g, '').trim(),
  )
  if (match === null) return problem
  const [, authority = '', path = '', query = ''] = match
  if (path.includes('@') || query.includes('@')) return problem
  const at = authority.lastIndexOf('@')
  const parameters = new URLSearchParams(query)
  const hosts = withParameters(
    authority
      .slice(at + 1)
      .split(',')
      .map(readHost),
    parameters,
  )
  if (hosts === undefined) return problem
  const target = readTarget(parameters)
  if (target === 'unknown') {
    return {
      kind: 'problem',
      message: `has an unknown target_session_attrs; known values: ${targets.join(', ')}`,
    }
  }
  const [user, password] = readLogin(at === -1 ? '' : authority.slice(0, at))
  return {
    kind: 'address',
    address: {
      user: parameters.get('user') || user || undefined,
      password: parameters.get('password') || password || undefined,
      hosts,
      database: decode(path.slice(1)) || undefined,
      target,
      parameters,
    },
  }
}

/** Hosts, ports, and database, for messages. */
export function describeDatabasePlace(url: string): string {
  const result = readDatabaseUrl(url)
  if (result.kind === 'problem') return 'database.url'
  const { hosts, database = '' } = result.address
  return `${hosts.map(describeHost).join(',')}/${database}`
}

export function describeHost({ host, port = 5432 }: DatabaseHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

type ReadHost = { host: string; port: string }

/** One host of a URL, with its port. Undefined if it cannot be one. */
export function readHost(text: string): ReadHost | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^[\]:]*)(?::(\d*))?$/i.exec(text)
  if (match === null) return undefined
  const [, named = '', port = ''] = match
  const host = decode(named.replace(/^\[(.+)\]$/, '$1'))
  const isSocket = /^%2f/i.test(named)
  return isSocket || /^[\p{L}\p{N}:._-]*$/u.test(host) ? { host, port } : undefined
}

/** The parameters `host` and `port` replace what the authority says. One port is for all hosts. */
function withParameters(
  read: readonly (ReadHost | undefined)[],
  parameters: URLSearchParams,
): DatabaseAddress['hosts'] | undefined {
  const named = parameters
    .get('host')
    ?.split(',')
    .map((host): ReadHost => ({ host, port: '' }))
  const ports = parameters.get('port')?.split(',') ?? []
  const hosts = (parameters.get('host') ? (named ?? []) : read).map((one, position) => {
    if (one === undefined) return undefined
    const port = (ports.length > 1 ? ports[position] : ports[0]) ?? (one.port || (read[0]?.port ?? ''))
    return port === '' || isPort(port)
      ? { host: one.host, port: port === '' ? undefined : Number(port) }
      : undefined
  })
  const found = hosts.filter((one) => one !== undefined)
  const [first, ...others] = found
  return first === undefined || found.length < hosts.length ? undefined : [first, ...others]
}

function readTarget(parameters: URLSearchParams): TargetServer | 'unknown' | undefined {
  const text = parameters.get('target_session_attrs')
  return text === null ? undefined : (targets.find((one) => one === text) ?? 'unknown')
}

function readLogin(text: string): [user: string, password: string] {
  const colon = text.indexOf(':')
  return colon === -1 ? [decode(text), ''] : [decode(text.slice(0, colon)), decode(text.slice(colon + 1))]
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

/** A percent sign that does not begin an escape stays as it is. */
function decode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped)
    } catch {
      return escaped
    }
  })
}
