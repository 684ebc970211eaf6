import { namesByCode } from './error-names.ts'

/**
 * What a failed call to S3 or SQS means: a code from a closed set (usable as metric label), whether the same call may succeed
 * later, and how long to wait.
 */
export type ErrorClass = {
  code: FailureCode
  /** True if only time or a repair by an operator is needed. False if the same call will always fail. */
  retryable: boolean
  /** How long to delay a message after its first failure of this kind. Callers increase it. */
  delaySeconds: number
  /** True if every call with the same credentials fails. Without other credentials, stop until they are repaired. */
  stops: boolean
}

export type FailureCode = keyof typeof errorClasses | 'unknown'

const temporary = { retryable: true, delaySeconds: 5, stops: false }
const busy = { retryable: true, delaySeconds: 30, stops: false }
/** An operator must repair something. An early retry would only use up the message's receives. */
const repairable = { retryable: true, delaySeconds: 300, stops: false }
const stopping = { ...repairable, stops: true }
const permanent = { retryable: false, delaySeconds: 0, stops: false }

const errorClasses = {
  aborted: temporary,
  access_denied: repairable,
  archived: permanent,
  body_cut: temporary,
  clock_skew: repairable,
  connection_lost: temporary,
  connection_refused: busy,
  credentials_expired: stopping,
  credentials_invalid: stopping,
  credentials_missing: stopping,
  encryption_key: repairable,
  host_unreachable: busy,
  internal_error: temporary,
  invalid_request: permanent,
  key_unproven: busy,
  key_unsafe: permanent,
  no_answer: temporary,
  no_such_bucket: repairable,
  no_such_queue: repairable,
  not_found: repairable,
  receipt_invalid: permanent,
  service_unavailable: busy,
  throttled: busy,
  timeout: temporary,
  tls_untrusted: repairable,
  too_many_in_flight: busy,
  too_slow: busy,
  unreadable_answer: temporary,
  wrong_region: repairable,
} as const

export const failureCodes: readonly FailureCode[] = [
  ...(Object.keys(errorClasses) as (keyof typeof errorClasses)[]),
  'unknown',
]

const codeByHttpStatus: Readonly<Record<number, keyof typeof errorClasses>> = {
  301: 'wrong_region',
  307: 'wrong_region',
  401: 'access_denied',
  403: 'access_denied',
  404: 'not_found',
  408: 'timeout',
  429: 'throttled',
  500: 'internal_error',
  502: 'service_unavailable',
  503: 'service_unavailable',
  504: 'service_unavailable',
}

type NamesByCode = { [Code in keyof typeof errorClasses]?: readonly string[] }

const codeByName: ReadonlyMap<string, keyof typeof errorClasses> = new Map(
  Object.entries(namesByCode satisfies NamesByCode).flatMap(([code, names]) =>
    names.map((name) => [name, code as keyof typeof errorClasses] as const),
  ),
)

/** An unknown failure is retried: rejecting work because of a new error name would lose it. */
const unknownClass: ErrorClass = { code: 'unknown', ...busy }

export function errorClassOf(code: FailureCode): ErrorClass {
  return code === 'unknown' ? unknownClass : { code, ...errorClasses[code] }
}

/** Classifies by the error's name alone, which is all that batch answers have for each entry. */
export function classifyErrorName(name: string): ErrorClass {
  // SQS's older names have the prefix `AWS.SimpleQueueService.`, its JSON answers `com.amazonaws.sqs#`.
  const bare = name.replace(/^.*#/, '').replace(/^AWS\.SimpleQueueService\./, '')
  return errorClassOf(codeByName.get(bare) ?? 'unknown')
}

/** Classifies any error of an SDK call: by its name, else by its socket code, else by its HTTP status. */
export function classifyError(error: unknown): ErrorClass {
  for (const name of namesIn(error)) {
    const errorClass = classifyErrorName(name)
    if (errorClass.code !== 'unknown') return errorClass
  }
  return errorClassOf(codeByHttpStatus[httpStatusOf(error) ?? 0] ?? 'unknown')
}

/** The HTTP status of an SDK error, if there was an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: unknown }
    $response?: { statusCode?: unknown }
  }
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  return typeof status === 'number' ? status : undefined
}

/** Names and codes from the outermost error inwards. Bounded, because causes may form a cycle. */
function namesIn(error: unknown): string[] {
  const names: string[] = []
  let current = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') names.push(current.code)
    names.push(current.name)
    current = current.cause
  }
  return names
}
