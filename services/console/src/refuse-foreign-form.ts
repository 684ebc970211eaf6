import type { Context, MiddlewareHandler } from 'hono'
import { csrf } from 'hono/csrf'
import type { ConsoleEnv } from './read-request.ts'

/**
 * Lets a form pass that a page of this console has sent. Browsers say that by `Sec-Fetch-Site`. They leave it out for http on
 * an address that is not this machine; then `Origin` must be the host that was asked for. Whoever sends neither is no browser
 * with a person's session, but is refused as well. Throws an `HTTPException` with 403.
 */
export function refuseForeignForm(): MiddlewareHandler<ConsoleEnv> {
  return csrf({
    secFetchSite: 'same-origin',
    origin: (origin, context: Context<ConsoleEnv>) =>
      context.req.header('sec-fetch-site') === undefined &&
      hostOf(origin) === context.env.host?.toLowerCase(),
  })
}

/** With the port, unless it is the usual one. */
function hostOf(origin: string): string | undefined {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) ? url.host : undefined
}
