import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { hasSeveralHosts } from '@aftercall/runtime/process/serve-http'
import type { ConsoleFailure } from './answers.ts'
import { severalHosts, unknownHost, unknownPage } from './request-failures.ts'
import { isKnownHost, isKnownTarget } from './request-host.ts'

/** What is read of a request before the framework sees it. */
export type RequestParts = {
  /** Path and query, normalized. */
  url: URL
  /** The Host header as received. */
  host: string | undefined
  headers: IncomingHttpHeaders
  /** Why the request gets no answer, not even the health of the console. */
  refusal: ConsoleFailure | undefined
  /** Counts the bytes of the answer until it has been sent. */
  hold(bytes: number): void
  /** Resolves when the answer has been sent, or its client is gone. */
  closed: Promise<unknown>
}

/** What the framework's handlers know of a request, besides what it knows itself. */
export type ConsoleEnv = { Bindings: RequestParts }

/** Reads and checks the request line and the Host header, in the way in which Node understands them. */
export function readRequest(
  request: IncomingMessage,
  hosts: readonly string[],
): Omit<RequestParts, 'hold' | 'closed'> {
  const { url: target = '', headers } = request
  const url = URL.parse(target, origin)
  return { url: url ?? new URL(origin), host: headers.host, headers: { ...headers }, refusal: findRefusal() }

  function findRefusal(): ConsoleFailure | undefined {
    if (hasSeveralHosts(request)) return severalHosts
    if (!isKnownHost(headers.host, hosts) || !isKnownTarget(target, hosts)) return unknownHost
    return url === null ? unknownPage : undefined
  }
}

/** Stands for every host that is known. */
const origin = 'http://console'

/** Some spellings that are known here, such as `::1`, are no host of a URL, which the framework makes of both. */
export function normalizeRequest(request: IncomingMessage, { url }: Pick<RequestParts, 'url'>): void {
  request.url = `${url.pathname}${url.search}`
  request.headers.host = 'console'
}
