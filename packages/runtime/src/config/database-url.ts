export type DatabaseAddress = {
  user: string | undefined
  password: string | undefined
  /** A host name, an address without brackets, or the folder of a Unix socket. Empty if the URL has no host. */
  host: string
  port: number | undefined
  database: string | undefined
  parameters: URLSearchParams
}

export type UrlResult = { kind: 'address'; address: DatabaseAddress } | { kind: 'problem' }

/** Never quotes the URL: if it cannot be parsed, any part of it may be part of the password. */
export const urlAdvice =
  'must be a postgres:// URL. In user names and passwords, percent-encode these characters: ' +
  '/ as %2F, # as %23, ? as %3F, @ as %40, : as %3A, % as %25'

/**
 * The only parser of database URLs, for connections and for messages. An unencoded `/`, `#`, or `?` in a password ends the
 * authority early, and the rest of the password would become a port, a database, or a parameter. Such a URL still has an `@`
 * after the authority, so that is a problem.
 */
export function readDatabaseUrl(text: string): UrlResult {
  const match = /^postgres(?:ql)?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(
    text.replaceAll(/[\t\r\n]/g, '').trim(),
  )
  if (match === null) return { kind: 'problem' }
  const [, authority = '', path = '', query = ''] = match
  if (path.includes('@') || query.includes('@')) return { kind: 'problem' }
  const at = authority.lastIndexOf('@')
  const target = readHost(authority.slice(at + 1))
  if (target === undefined) return { kind: 'problem' }
  const parameters = new URLSearchParams(query)
  const port = parameters.get('port') ?? target.port
  if (port !== '' && !isPort(port)) return { kind: 'problem' }
  const [user, password] = readLogin(at === -1 ? '' : authority.slice(0, at))
  return {
    kind: 'address',
    address: {
      user: parameters.get('user') || user || undefined,
      password: parameters.get('password') || password || undefined,
      host: parameters.get('host') || target.host,
      port: port === '' ? undefined : Number(port),
      database: decode(path.slice(1)) || undefined,
      parameters,
    },
  }
}

/** Host, port, and database, for messages. */
export function describeDatabasePlace(url: string): string {
  const result = readDatabaseUrl(url)
  if (result.kind === 'problem') return 'database.url'
  const { host, port = 5432, database = '' } = result.address
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`
}

function readHost(text: string): { host: string; port: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^[\]:]*)(?::(\d*))?$/i.exec(text)
  if (match === null) return undefined
  const [, named = '', port = ''] = match
  const host = decode(named.replace(/^\[(.+)\]$/, '$1'))
  const isSocket = /^%2f/i.test(named)
  return isSocket || /^[\p{L}\p{N}:._-]*$/u.test(host) ? { host, port } : undefined
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
