import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { cutText } from '../text/cut-text.ts'
import { visibleJson } from '../text/visible-text.ts'

export type { Logger }

export type LoggerOptions = {
  /** pino's level names; `silent` writes nothing. From `LOG_LEVEL`. */
  level: string
  /** Where lines go. Standard error by default: standard output belongs to a command's answer. */
  destination?: DestinationStream
}

/** Logs carry places (bucket, key, ids, codes) and numbers, never document content (I10). */
export function createLogger(options: LoggerOptions): Logger {
  const destination = withoutHidden(options.destination ?? pino.destination({ dest: 2, sync: true }))
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: serializeErrors },
      serializers: { error: serializeError, err: serializeError },
      // pino takes the message of the error under this key as that of a line without one. No key is empty.
      errorKey: '',
      hooks: {
        logMethod(args, method) {
          method.apply(this, replaceErrors(args))
        },
      },
    },
    destination,
  )
}

/** Keys are in the lines, and people read them in a terminal: as JSON they stay the same data. */
function withoutHidden(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(visibleJson(line)) }
}

/** `log.warn(error)` and `log.warn('… %s', error)` would print the error's own text. */
function replaceErrors<Args extends unknown[]>([first, ...rest]: Args): Args {
  const replaced = rest.map((one) => (one instanceof Error ? serializeError(one).message : one))
  if (!(first instanceof Error)) return [first, ...replaced] as Args
  return [{ error: first }, ...(rest.length === 0 ? [messageOf(first)] : replaced)] as Args
}

/** Errors under other keys than `error` and `err`, which have their serializer. */
function serializeErrors(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields)
  if (!entries.some(([, value]) => value instanceof Error)) return fields
  return Object.fromEntries(
    entries.map(([key, value]) =>
      value instanceof Error && key !== 'error' && key !== 'err'
        ? [key, serializeError(value)]
        : [key, value],
    ),
  )
}

type LoggedError = { name?: string; code?: string | number; message: string; cause?: LoggedError }

const causesMax = 5

/**
 * What may be logged of an error: its name, code, SQLSTATE and message. Not the whole object, because
 * errors of `pg` carry row values in `detail` and those of the AWS SDK carry request headers.
 */
function serializeError(error: unknown): LoggedError {
  return serializeChain(error, causesMax)
}

function serializeChain(error: unknown, causesLeft: number): LoggedError {
  if (!(error instanceof Error)) return { message: cutText(String(error), messageLengthMax) }
  const code = codeOf(error)
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: messageOf(error),
    ...(error.cause === undefined || causesLeft === 0
      ? {}
      : { cause: serializeChain(error.cause, causesLeft - 1) }),
  }
}

/** Most of what errors say comes from a server, which may say anything. */
const messageLengthMax = 1_000

/** `JSON.parse` quotes the text it cannot read; SQLSTATE classes 22 and 23 quote the offending value. */
function messageOf(error: Error): string {
  const quotesValues = 'severity' in error && /^2[23]/.test(String(codeOf(error)))
  return quotesValues || error instanceof SyntaxError
    ? 'message withheld: it may quote document content'
    : cutText(error.message, messageLengthMax)
}

function codeOf(error: Error): string | number | undefined {
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}
