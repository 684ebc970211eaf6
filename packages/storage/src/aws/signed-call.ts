import type { S3Client } from '@aws-sdk/client-s3'
import { createHttpCaller, type HttpCaller } from './http-call.ts'
import type { HttpAnswer, HttpRequest } from './http-message.ts'
import type { ProgressLimits } from './progress-watch.ts'
import type { AwsEnvironment } from './proxy-settings.ts'
import { createRequestSigner, type SigningKeys, type SigningScope, writeQuery } from './sign-request.ts'

/** A request to AWS before its signature. The signer adds `host`, the date, the payload's hash and the session token. */
export type SignedRequest = HttpRequest & {
  /** Not encoded. Replaces a query in `path`. */
  query?: Readonly<Record<string, string>>
  /** Set if the client's Region and service do not apply, for example for the ARN of an access point. */
  signFor?: SigningScope
}

export type SignedCaller = {
  /** Rejects like `HttpCaller.call`, or with the error of the credentials provider. Any status is an answer. */
  call(request: SignedRequest): Promise<HttpAnswer>
  destroy(): void
}

/**
 * The resolved `config` of an SDK client, which it keeps up to date: the SDK's provider refreshes the credentials, and the
 * offset of the service's clock is shared, whichever of us learns it first.
 */
export type SigningConfig = Pick<S3Client['config'], 'credentials' | 'region' | 'systemClockOffset'>

export type SignedCallerOptions = {
  service: 's3' | 'sqs'
  config: SigningConfig
  /** Shared with other callers, whose owner destroys it. One of its own by default. */
  http?: HttpCaller | undefined
  /** The most connections to one host. Further requests wait for one. */
  connectionsMax: number
  connectTimeoutMs: number
  env: AwsEnvironment
  /** How slow a body may be. `progressLimits` by default. */
  progress?: ProgressLimits | undefined
}

/** A request's time may be off by five minutes, for S3 by fifteen. The SDK corrects the clock from four minutes on, and so do we. */
const skewMsMin = 240_000

/** Signed calls to S3 or SQS, at a tenth of the cost of an SDK command. */
export function createSignedCaller(options: SignedCallerOptions): SignedCaller {
  const { service, config } = options
  const http = options.http ?? createHttpCaller(options)
  const signRequest = createRequestSigner()

  function signed(
    request: SignedRequest,
    scope: SigningScope,
    keys: SigningKeys,
    clockOffsetMs: number,
  ): HttpRequest {
    const { method, path, query = {}, body } = request
    const written = writeQuery(query)
    const headers = signRequest(
      { method, path, query: written, body, headers: { ...request.headers, host: hostOf(request.origin) } },
      scope,
      keys,
      new Date(Date.now() + clockOffsetMs),
    )
    return { ...request, path: written === '' ? path : `${path}?${written}`, headers }
  }

  return {
    async call(request) {
      const keys = await config.credentials()
      const scope = request.signFor ?? { region: await config.region(), service }
      const offsetMs = config.systemClockOffset
      const answer = await http.call(signed(request, scope, keys, offsetMs))
      const learntMs = clockOffsetOf(answer)
      if (learntMs === undefined || Math.abs(learntMs - offsetMs) < skewMsMin) return answer
      config.systemClockOffset = learntMs
      return http.call(signed(request, scope, keys, learntMs))
    },
    destroy() {
      if (options.http === undefined) http.destroy()
    },
  }
}

/** How far the service's clock is ahead of ours, if it refused the request. An answer with `Age` comes from a cache and is old. */
function clockOffsetOf({ statusCode, headers }: HttpAnswer): number | undefined {
  if (![400, 401, 403].includes(statusCode) || headers.age !== undefined) return undefined
  const serviceMs = Date.parse(headers.date ?? '')
  return Number.isNaN(serviceMs) ? undefined : serviceMs - Date.now()
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}
