import { namesByCode } from './error-names.ts'

/**
 * What a failed call to S3 or SQS means for us: a code from a closed set (fit for a metric label), whether the
 * same call may pass later, and how long to leave it alone.
 */
export type ErrorClass = {
  code: FailureCode
  /** True when nothing but time, or an operator's repair, is needed. False: the same call fails for ever. */
  retryable: boolean
  /** How long a message should stay away after its first failure of this kind. Callers grow it. */
  delaySeconds: number
  /** Every call with the same credentials fails so: whoever has no others should do nothing until they are repaired. */
  stops: boolean
  /** Time alone heals it, so the same call is worth another try soon. The other retryable codes need a repair. */
  transient: boolean
  /** The service asks for fewer calls. */
  slowsDown: boolean
}

export type FailureCode = keyof typeof errorClasses | 'unknown'

const retryable = { retryable: true, stops: false, transient: false, slowsDown: false }
const passing = { ...retryable, delaySeconds: 5, transient: true }
const busy = { ...retryable, delaySeconds: 30, transient: true }
const throttling = { ...busy, slowsDown: true }
/** Someone has to repair something: coming back soon would only use up the message's receives. */
const repairable = { ...retryable, delaySeconds: 300 }
const stopping = { ...repairable, stops: true }
const hopeless = { ...retryable, retryable: false, delaySeconds: 0 }

const errorClasses = {
  aborted: { ...passing, transient: false },
  access_denied: repairable,
  archived: hopeless,
  body_cut: passing,
  clock_skew: repairable,
  connection_lost: passing,
  connection_refused: busy,
  credentials_expired: stopping,
  credentials_invalid: stopping,
  credentials_missing: stopping,
  encryption_key: repairable,
  host_unreachable: busy,
  internal_error: passing,
  invalid_request: hopeless,
  key_unproven: { ...busy, transient: false },
  key_unsafe: hopeless,
  no_answer: passing,
  no_such_bucket: repairable,
  no_such_queue: repairable,
  not_found: repairable,
  receipt_invalid: hopeless,
  service_unavailable: throttling,
  throttled: throttling,
  timeout: passing,
  tls_untrusted: repairable,
  too_many_in_flight: throttling,
  too_slow: busy,
  unreadable_answer: passing,
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

/** A failure nobody listed is tried again: rejecting work because of a new error name would lose it. */
const unknownClass: ErrorClass = { code: 'unknown', ...busy, transient: false }

export function errorClassOf(code: FailureCode): ErrorClass {
  return code === 'unknown' ? unknownClass : { code, ...errorClasses[code] }
}

/** The verdict on an error's name alone, as batch answers give it per entry. */
export function judgeName(name: string): ErrorClass {
  // SQS's older names carry `AWS.SimpleQueueService.`, its JSON answers `com.amazonaws.sqs#`.
  const bare = name.replace(/^.*#/, '').replace(/^AWS\.SimpleQueueService\./, '')
  return errorClassOf(codeByName.get(bare) ?? 'unknown')
}

/** The verdict on whatever an SDK call threw: its name, else its socket code, else its HTTP status. */
export function judgeError(error: unknown): ErrorClass {
  for (const name of namesIn(error)) {
    const verdict = judgeName(name)
    if (verdict.code !== 'unknown') return verdict
  }
  return errorClassOf(codeByHttpStatus[httpStatusOf(error) ?? 0] ?? 'unknown')
}

/** The HTTP status of the answer an SDK error stands for, if there was an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: unknown }
    $response?: { statusCode?: unknown }
  }
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  return typeof status === 'number' ? status : undefined
}

/** Names and codes from the outermost error inwards. Bounded, because causes may form a ring. */
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
