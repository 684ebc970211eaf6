import type { Config } from '@aftercall/runtime/config/config'
import { userName } from '@aftercall/runtime/process/user-name'
import { createAlbVerifier, type FetchKey } from './alb-token.ts'
import type { RequestParts } from './read-request.ts'
import { isLoopback, readHost } from './request-host.ts'

/** Who looks at a page, and whether they may ask for actions. */
export type Viewer =
  | { kind: 'actor'; name: string }
  /** `name` is null where nobody is signed in. */
  | { kind: 'reader'; name: string | null; because: ReadOnlyReason }

export type ReadOnlyReason =
  /** The console's database login is not in `aftercall_actor`. */
  | 'role'
  /** `console.actors` does not list the name. */
  | 'not_listed'
  /** The proxy did not say who it is, or its token is not valid. */
  | 'not_signed_in'
  /** Other machines can reach the console, and `console.identity` does not say how they sign in. */
  | 'no_identity'

export type IdentityOptions = {
  console: Config['console']
  /** Whether the database lets this login ask for actions. */
  mayAct(): Promise<boolean>
  /** In place of the public keys of the load balancer's Region. */
  fetchKey?: FetchKey | undefined
}

export type Identify = (request: Pick<RequestParts, 'headers' | 'host'>) => Promise<Viewer>

/** Says who asks, from what the proxy adds to each request, or because only this machine can ask. */
export function createIdentify({ console, mayAct, fetchKey }: IdentityOptions): Identify {
  const nameOf = readerOf(console, fetchKey)
  const actors = new Set(console.actors.map((name) => name.toLowerCase()))
  return async (request) => {
    const { identity } = console
    const name = await nameOf(request)
    if (name === null)
      return { kind: 'reader', name, because: identity === undefined ? 'no_identity' : 'not_signed_in' }
    if (identity !== undefined && !actors.has(name.toLowerCase()))
      return { kind: 'reader', name, because: 'not_listed' }
    // The database decides in any case; this decides which buttons there are.
    if (!(await mayAct())) return { kind: 'reader', name, because: 'role' }
    return { kind: 'actor', name }
  }
}

type ReadName = (request: Parameters<Identify>[0]) => Promise<string | null>

function readerOf({ identity, host, hosts }: Config['console'], fetchKey: FetchKey | undefined): ReadName {
  if (identity === undefined) {
    const isLocal = isLoopback(host) && hosts.length === 0
    const name = `local:${userName()}`
    return async (request) => (isLocal && isFromHere(request) ? name : null)
  }
  const { header, alb } = identity
  if (alb === undefined) {
    const name = header?.toLowerCase()
    return async ({ headers }) => (name === undefined ? null : plainName(headers[name]))
  }
  const verify = createAlbVerifier({ arn: alb, fetchKey })
  return async ({ headers }) => {
    const token = headers['x-amzn-oidc-data']
    return typeof token === 'string' ? plainName(await verify(token)) : null
  }
}

/** Not through a proxy: it would speak for others, who have not signed in. */
function isFromHere({ headers, host }: Parameters<Identify>[0]): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  const named = host === undefined ? undefined : readHost(host)
  if (named === undefined) return false
  return named.kind === 'name'
    ? named.name === 'localhost' || named.name.endsWith('.localhost')
    : /^(127\.|\[::1\]|::1)/.test(host ?? '')
}

/** One name. Two values of a header, which Node joins by a comma, are none: one of them may be the client's own. */
function plainName(value: string | string[] | null | undefined): string | null {
  if (typeof value !== 'string') return null
  return /^[^\s,\p{Cc}\p{Cf}]{1,200}$/u.test(value) ? value : null
}
