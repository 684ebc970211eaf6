import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { cutText } from '../text/cut-text.ts'
import { visibleJson } from '../text/visible-text.ts'

export type { Logger }

export type LoggerOptions = {
  /** A level of pino, from `LOG_LEVEL`. `silent` logs nothing. */
  level: string
  /** Standard error by default, because standard output belongs to a command's result. */
  destination?: DestinationStream
}

/** Log lines contain locations (bucket, key, ids, codes) and numbers, never document content (I10). */
export function createLogger(options: LoggerOptions): Logger {
  const destination = withoutHidden(options.destination ?? pino.destination({ dest: 2, sync: true }))
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: serializeErrors },
      serializers: { error: serializeError, err: serializeError },
      // pino uses the message of the error under this key for lines without a message. No key is empty.
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

/** Object keys are read in a terminal, so hidden characters are escaped. The JSON data stays the same. */
function withoutHidden(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(visibleJson(line)) }
}

/** `log.warn(error)` and `log.warn('… %s', error)` would print the error's own text. */
function replaceErrors<Args extends unknown[]>([first, ...rest]: Args): Args {
  const replaced = rest.map((value) => (value instanceof Error ? serializeError(value).message : value))
  if (!(first instanceof Error)) return [first, ...replaced] as Args
  return [{ error: first }, ...(rest.length === 0 ? [messageOf(first)] : replaced)] as Args
}

/** For errors under keys other than `error` and `err`, which have their own serializer. */
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
 * Logs only name, code, SQLSTATE, and message of an error. Errors of `pg` have row values in `detail`, and errors of the AWS
 * SDK have request headers.
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

/** Most messages come from a server and can be of any length. */
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
