/**
 * Addresses, proxies, and keys that stand in the environment itself, are read from it, so that a caller can point
 * elsewhere than the process's own environment. All the rest is the SDK's: its provider chain and its standard variables.
 */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>

/** Its value is not told: it can hold a password, and what others say of a URL that they cannot read quotes it (I10). */
export class ProxySettingError extends Error {
  override readonly name = 'ProxySettingError'
  readonly code = 'proxy_setting_unusable'
  readonly retryable = false

  constructor(variable: string) {
    super(
      `${variable} is no URL of a proxy: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. In a user name or ` +
        'password these characters are written percent-encoded: / as %2F, # as %23, ? as %3F, @ as %40, : as %3A, % as %25',
    )
  }
}

/** Which proxy leads where, from the variables that nearly every program reads. */
export type ProxySettings = {
  httpProxy: string | undefined
  httpsProxy: string | undefined
  /** Hosts that are reached without it, each with its subdomains; `*` is all. With a port, that port alone. */
  noProxy: readonly string[]
}

/** A proxy cannot reach the machine that we are on: its own loopback is another. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower case first, as curl has it (https://curl.se/libcurl/c/libcurl-env.html).
 * @throws ProxySettingError
 */
export function readProxySettings(env: AwsEnvironment): ProxySettings {
  const noProxy = (env.no_proxy || env.NO_PROXY || '').split(/[,\s]+/).filter((entry) => entry !== '')
  return {
    httpProxy: readProxy('HTTP_PROXY', env.http_proxy || env.HTTP_PROXY),
    httpsProxy: readProxy('HTTPS_PROXY', env.https_proxy || env.HTTPS_PROXY),
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

/** `proxy:3128` is how many write it. An `@` behind the host is of a password whose `/`, `?` or `#` has ended it. */
function readProxy(variable: string, proxy: string | undefined): string | undefined {
  if (!proxy) return undefined
  const text = proxy.includes('://') ? proxy : `http://${proxy}`
  const url = URL.parse(text)
  if (url === null || url.hostname === '' || `${url.pathname}${url.search}${url.hash}`.includes('@'))
    throw new ProxySettingError(variable)
  return text
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80'
}
