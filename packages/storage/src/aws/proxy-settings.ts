/**
 * Environment variables with addresses, proxies, and keys. Passed in, so that a caller can use other values than the process's
 * own environment. Everything else is read by the SDK: its provider chain and its standard variables.
 */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>

/** The message has neither the value, which may contain a password, nor the parser's error, which would quote it (I10). */
export class ProxySettingError extends Error {
  override readonly name = 'ProxySettingError'
  readonly code = 'proxy_setting_unusable'
  readonly retryable = false

  constructor(variable: string) {
    super(
      `${variable} is not the URL of a proxy: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. In user names and ` +
        'passwords, percent-encode these characters: / as %2F, # as %23, ? as %3F, @ as %40, : as %3A, % as %25',
    )
  }
}

/** The proxies to use, from the variables that nearly every program reads. */
export type ProxySettings = {
  httpProxy: string | undefined
  httpsProxy: string | undefined
  /** Hosts that are reached without a proxy, each with its subdomains. `*` means all. With a port: only that port. */
  noProxy: readonly string[]
}

/** Never proxied: a proxy's loopback is not ours. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, and `NO_PROXY`, lower-case names first, as curl does (https://curl.se/libcurl/c/libcurl-env.html).
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

/** The proxy for an origin. Undefined if it is reached directly. */
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
 * The same settings in the form of Node's own agents (https://nodejs.org/api/http.html#built-in-proxy-support), for which a
 * plain name does not include subdomains.
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

/** Many write `proxy:3128`. An `@` after the host means that an unencoded `/`, `?`, or `#` in the password ended the host. */
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
