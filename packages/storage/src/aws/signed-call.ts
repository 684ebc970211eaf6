import type { S3Client } from '@aws-sdk/client-s3'
import type { AwsEnvironment } from './aws-environment.ts'
import { createHttpCaller } from './http-call.ts'
import type { HttpAnswer, HttpRequest } from './http-message.ts'
import type { ProgressLimits } from './progress-watch.ts'
import { createRequestSigner, type SigningScope, writeQuery } from './sign-request.ts'

/** A request to AWS before its signature. The signer adds `host`, the date, the payload's hash and the session token. */
export type SignedRequest = HttpRequest & {
  /** Not encoded, in place of a query in `path`. */
  query?: Readonly<Record<string, string>>
  /** Where the client's own Region and service do not hold, such as for the ARN of an access point. */
  signFor?: SigningScope
}

export type SignedCaller = {
  /** Rejects as `HttpCaller.call` does, or as the provider of the credentials. Any status is an answer. */
  call(request: SignedRequest): Promise<HttpAnswer>
  destroy(): void
}

/**
 * What an SDK client's `config` has resolved, and what it goes on learning: the credentials are refreshed by the SDK's
 * provider, and the service's clock is known to both as soon as one of them has learnt it.
 */
export type SigningConfig = Pick<S3Client['config'], 'credentials' | 'region' | 'systemClockOffset'>

export type SignedCallerOptions = {
  service: 's3' | 'sqs'
  config: SigningConfig
  /** Connections to one host at the most; further requests wait for one. */
  connectionsMax: number
  connectTimeoutMs: number
  env: AwsEnvironment
  /** How slowly a body may come; `progressLimits` by default. */
  progress?: ProgressLimits | undefined
}

/** A request may be off by five minutes, at S3 by fifteen; from four on, the SDK takes a clock for wrong, and so do we. */
const SKEW_MS_MIN = 240_000

/** Signed calls to S3 or SQS at a tenth of what a command of the SDK costs. */
export function createSignedCaller(options: SignedCallerOptions): SignedCaller {
  const { service, config } = options
  const http = createHttpCaller(options)
  const signRequest = createRequestSigner()

  async function callOnce(request: SignedRequest, clockOffsetMs: number): Promise<HttpAnswer> {
    const { method, path, query = {}, signFor, body } = request
    const keys = await config.credentials()
    const scope = signFor ?? { region: await config.region(), service }
    const written = writeQuery(query)
    const headers = signRequest(
      { method, path, query: written, body, headers: { ...request.headers, host: hostOf(request.origin) } },
      scope,
      keys,
      new Date(Date.now() + clockOffsetMs),
    )
    return http.call({ ...request, path: written === '' ? path : `${path}?${written}`, headers })
  }

  return {
    async call(request) {
      const offsetMs = config.systemClockOffset
      const answer = await callOnce(request, offsetMs)
      const learntMs = clockOffsetOf(answer)
      if (learntMs === undefined || Math.abs(learntMs - offsetMs) < SKEW_MS_MIN) return answer
      config.systemClockOffset = learntMs
      return callOnce(request, learntMs)
    },
    destroy: () => http.destroy(),
  }
}

/** By how much the service's clock is ahead of ours, when it refused the request. An `Age` tells of a cache's old answer. */
function clockOffsetOf({ statusCode, headers }: HttpAnswer): number | undefined {
  if (![400, 401, 403].includes(statusCode) || headers.age !== undefined) return undefined
  const serviceMs = Date.parse(headers.date ?? '')
  return Number.isNaN(serviceMs) ? undefined : serviceMs - Date.now()
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}
