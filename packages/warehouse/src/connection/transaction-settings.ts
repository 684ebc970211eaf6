export type TransactionLimits = {
  statementMsMax: number
  /** Separate, so that waiting for a lock differs from a slow statement. */
  lockMsMax: number
  idleMsMax: number
}

/**
 * The settings that our queries and their answers rely on, independent of the server, the database, and the role: the
 * driver reads ISO dates, patterns are written without escapes, and instants are in UTC.
 */
export const reliedOn = {
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
} as const

/**
 * One query that applies the settings until the transaction ends. They are not set when the session starts: a pooler may
 * drop that, or give each transaction another session (ADR 21).
 */
export function transactionSettings(settings: Readonly<Record<string, string>>): string {
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`,
  )
  return `select ${calls.join(', ')}`
}

export function limitSettings({ statementMsMax, lockMsMax, idleMsMax }: TransactionLimits) {
  return {
    statement_timeout: String(statementMsMax),
    lock_timeout: String(lockMsMax),
    idle_in_transaction_session_timeout: String(idleMsMax),
  }
}

/** Safe whether or not backslashes escape: this query is about to set standard_conforming_strings. */
function literal(text: string): string {
  if (/['\\]/.test(text)) throw new TypeError(`a setting must not contain quotes: ${text}`)
  return `'${text}'`
}
