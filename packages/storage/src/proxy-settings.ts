import type { AwsEnvironment } from './aws-environment.ts'

/** Which proxy leads where, from the variables that nearly every program reads. */
export type ProxySettings = {
  httpProxy: string | undefined
  httpsProxy: string | undefined
  /** Hosts that are reached without it, each with its subdomains; `*` is all. With a port, that port alone. */
  noProxy: readonly string[]
}

/** A proxy cannot reach the machine that we are on: its own loopback is another. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower case first, as curl has it (https://curl.se/libcurl/c/libcurl-env.html). */
export function readProxySettings(env: AwsEnvironment): ProxySettings {
  const noProxy = (env.no_proxy || env.NO_PROXY || '').split(/[,\s]+/).filter((entry) => entry !== '')
  return {
    httpProxy: withScheme(env.http_proxy || env.HTTP_PROXY),
    httpsProxy: withScheme(env.https_proxy || env.HTTPS_PROXY),
    noProxy: [...noProxy.map((entry) => entry.toLowerCase().replace(/^\*?\./, '')), ...loopback],
  }
}

/** The proxy through which an origin is reached; undefined when it is reached directly. */
export function proxyFor(origin: string, settings: ProxySettings): string | undefined {
  const { protocol, host, hostname, port } = new URL(origin)
  const bypassed = settings.noProxy.some((entry) => {
    if (entry === '*' || entry === host || entry === hostname) return true
    if (entry === `${hostname}:${port || defaultPort(protocol)}`) return true
    return host.endsWith(`.${entry}`) || hostname.endsWith(`.${entry}`)
  })
  if (bypassed) return undefined
  return protocol === 'https:' ? settings.httpsProxy : settings.httpProxy
}

/**
 * The same settings in the words of Node's own agents (https://nodejs.org/api/http.html#built-in-proxy-support), which
 * take a plain name for that host alone.
 */
export function nodeProxyEnv({ httpProxy, httpsProxy, noProxy }: ProxySettings): Record<string, string> {
  const hosts = noProxy.flatMap((entry) =>
    entry === '*' || entry.startsWith('[') ? [entry, entry.replace(/[[\]]/g, '')] : [entry, `.${entry}`],
  )
  return {
    ...(httpProxy === undefined ? {} : { HTTP_PROXY: httpProxy }),
    ...(httpsProxy === undefined ? {} : { HTTPS_PROXY: httpsProxy }),
    NO_PROXY: hosts.join(','),
  }
}

/** `proxy:3128` is how many write it. */
function withScheme(proxy: string | undefined): string | undefined {
  if (!proxy) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80'
}
