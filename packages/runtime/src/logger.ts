import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger }

export type LoggerOptions = {
  /** pino's level names; `silent` writes nothing. From `LOG_LEVEL`. */
  level: string
  /** Where lines go. Standard error by default: standard output belongs to a command's answer. */
  destination?: DestinationStream
}

/** Logs carry places (bucket, key, ids, codes) and numbers, never document content (I10). */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true })
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: serializeError },
    },
    destination,
  )
}

/**
 * What may be logged of an error: its name, code, SQLSTATE and message. Not the whole object, because
 * errors of `pg` carry row values in `detail` and those of the AWS SDK carry request headers.
 */
function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? error.code : undefined
  // SQLSTATE classes 22 and 23 (bad data, broken constraint) quote the offending value in their message.
  const quotesValues = 'severity' in error && typeof code === 'string' && /^2[23]/.test(code)
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: quotesValues ? 'message withheld: it may quote document content' : error.message,
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  }
}
