import { isIP } from 'node:net'

/**
 * Whether requests for this host name may be answered. A foreign page in a browser can let its own name resolve to this
 * machine (DNS rebinding) and would then read the console like its own pages; the requested name reveals it. IP addresses
 * cannot be redirected like that. Browsers always send the name.
 */
export function isKnownHost(header: string | undefined, hosts: readonly string[]): boolean {
  if (header === undefined) return true
  const host = readHost(header)
  if (host === undefined) return false
  if (host.kind === 'address') return true
  return host.name === 'localhost' || host.name.endsWith('.localhost') || hosts.includes(host.name)
}

/**
 * The same for the request target: a path, or a whole URL, whose name then replaces the Host
 * header (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2).
 */
export function isKnownTarget(target: string, hosts: readonly string[]): boolean {
  if (target.startsWith('/')) return true
  const [, authority] = /^http:\/\/([^/?]*)(?:[/?]|$)/i.exec(target) ?? []
  return authority !== undefined && isKnownHost(authority, hosts)
}

type Host = { kind: 'address' } | { kind: 'name'; name: string }

/**
 * Name or address of an authority without a user (https://www.rfc-editor.org/rfc/rfc3986#section-3.2), read as a whole; a
 * name in lower case and without the dot of the root. Undefined for anything else. An IPv6 address without its brackets
 * is none, but cannot mean anything else either.
 */
export function readHost(authority: string): Host | undefined {
  if (isIP(authority) === 6) return { kind: 'address' }
  const [, host = '', port] = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/.exec(authority) ?? []
  if (Number(port ?? 0) > 65_535) return undefined
  if (host.startsWith('[')) return isIP(host.slice(1, -1)) === 6 ? { kind: 'address' } : undefined
  const name = host.toLowerCase().replace(/\.$/, '')
  if (isIP(name) === 4) return { kind: 'address' }
  return namePattern.test(name) ? { kind: 'name', name } : undefined
}

/** Labels of a name in the DNS, and underscores, which names inside a network have. */
const namePattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** A server that listens on all addresses is reached through the loopback address. */
export function urlOf(host: string, port: number): string {
  const named = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${isIP(named) === 6 ? `[${named}]` : named}:${port}`
}
