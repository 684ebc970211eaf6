import { isIP } from 'node:net'

/**
 * Whether a page may be given to who asked for it by this name. A page of somebody else's that a browser has open can make
 * its own name lead to this machine (DNS rebinding) and would then read the console as if it were its own; the name that it
 * asked for gives it away. Addresses cannot be made to lead elsewhere. No browser leaves the name out.
 */
export function isKnownHost(header: string | undefined, hosts: readonly string[]): boolean {
  if (header === undefined) return true
  const name = nameOf(header)
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || hosts.includes(name)
}

/** Without port, brackets and the dot of the root. */
export function nameOf(header: string): string {
  const [, address] = /^\[([^\]]*)\](?::\d+)?$/.exec(header) ?? []
  return (address ?? header.replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '')
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** Who listens on all addresses is asked by the loopback one. */
export function urlOf(host: string, port: number): string {
  const named = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${isIP(named) === 6 ? `[${named}]` : named}:${port}`
}
