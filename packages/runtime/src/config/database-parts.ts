import { type DatabaseHost, readDatabaseUrl, readHost } from './database-url.ts'

/** What `database` may say beside or in place of the URL. An empty part counts as left out. */
export type DatabaseParts = {
  url?: string | undefined
  /** One host or several with commas, each with or without a port; or the folder of a Unix socket. */
  host?: string | undefined
  port?: number | undefined
  user?: string | undefined
  password?: string | undefined
  /** Of the database. */
  name?: string | undefined
}

export const hostAdvice =
  'must be a host name, an IP address, the folder of a Unix socket, or several hosts separated by commas'

export function areHosts(text: string): boolean {
  return text === '' || readHosts(text) !== undefined
}

/**
 * One URL with all parts, percent-encoded, in which a part replaces that of the given URL. Undefined without URL and host.
 * Secrets of Kubernetes operators and of AWS hold parts that are not encoded.
 */
export function urlOfParts(parts: DatabaseParts): string | undefined {
  const { url = '', host = '', port, user = '', password = '', name = '' } = parts
  if (url === '' && host === '') return undefined
  if ([host, user, password, name].every((part) => part === '') && port === undefined) return url
  const reading = readDatabaseUrl(url === '' ? 'postgres://' : url)
  if (reading.kind === 'problem') return undefined
  const { address } = reading
  const hosts = host === '' ? address.hosts : (readHosts(host) ?? [])
  const authority = hosts.map((one) => writeHost({ ...one, port: one.port ?? port })).join(',')
  const login = writeLogin(user || address.user, password || address.password)
  const parameters = new URLSearchParams(address.parameters)
  for (const replaced of ['host', 'port', 'user', 'password']) parameters.delete(replaced)
  const query = parameters.size === 0 ? '' : `?${parameters}`
  return `postgres://${login}${authority}/${encode(name || address.database || '')}${query}`
}

function readHosts(text: string): DatabaseHost[] | undefined {
  if (text.startsWith('/')) return [{ host: text, port: undefined }]
  const hosts = text.split(',').map((one) => {
    // An IPv6 address has no brackets in most secrets.
    const read = readHost(/^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(one) ? `[${one}]` : one.trim())
    if (read === undefined || read.host === '' || Number(read.port) > 65_535 || read.port === '0')
      return undefined
    return { host: read.host, port: read.port === '' ? undefined : Number(read.port) }
  })
  const found = hosts.filter((one) => one !== undefined)
  return found.length === hosts.length ? found : undefined
}

function writeHost({ host, port }: DatabaseHost): string {
  const written = host.startsWith('/') ? encode(host) : host.includes(':') ? `[${host}]` : host
  return port === undefined ? written : `${written}:${port}`
}

function writeLogin(user: string | undefined, password: string | undefined): string {
  if (user === undefined && password === undefined) return ''
  return `${encode(user ?? '')}${password === undefined ? '' : `:${encode(password)}`}@`
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
