import type { Statement } from './split-statements.ts'

export type RefusalCode = 'statement_not_reading' | 'function_not_reading' | 'transaction_not_read_only'

/** The message says what is refused, and what to do instead. */
export class NotReadOnlyError extends Error {
  override readonly name = 'NotReadingError'
  readonly code: RefusalCode
  readonly retryable = false
  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

const reading = new Set(['select', 'with', 'values', 'table', 'show', 'explain'])
const ofTransactions = new Set(
  'abort begin commit end prepare release reset rollback savepoint set start'.split(' '),
)

/**
 * Refuses what a read-only transaction does not prevent. Statements are allowed by name, not refused by name: a new
 * statement of a newer server is refused. Functions that Postgres declares volatile act outside of the transaction (a
 * lock that stays, a backend that is ended, a file) or run a text as a query.
 * @throws NotReadingError
 */
export function refuseStatement({ tokens }: Statement, volatile: ReadonlySet<string>): void {
  const first = tokens.find(({ text }) => text !== '(')
  const word = first?.kind === 'name' ? first.text : ''
  if (!reading.has(word)) {
    const named = /^[a-z_]+$/.test(word) ? word.toUpperCase() : 'this statement'
    const why = ofTransactions.has(word)
      ? 'each statement runs in its own read-only transaction, with its own settings'
      : 'use SELECT, WITH, VALUES, TABLE, SHOW, or EXPLAIN; to change data, use psql'
    throw new NotReadOnlyError(
      'statement_not_reading',
      `aftercall sql only reads; ${named} is refused: ${why}`,
    )
  }
  for (const [position, token] of tokens.entries()) {
    if (token.kind === 'unreadable') {
      const message = 'aftercall sql only reads; a name written as U&"…" is refused: write it without escapes'
      throw new NotReadOnlyError('function_not_reading', message)
    }
    const isCall = token.kind === 'name' && tokens[position + 1]?.text === '('
    if (isCall && volatile.has(token.text)) {
      const message = `aftercall sql only reads; ${token.text}() is refused: it may change something outside of its transaction`
      throw new NotReadOnlyError('function_not_reading', message)
    }
  }
}

/** Volatile for another reason than a change: they answer differently each time. */
const harmless = new RegExp(
  `^(?:${[
    ...['random', 'random_normal', 'array_sample', 'array_shuffle', 'gen_random_\\w+', 'uuidv[47]'],
    ...['uuid_generate_\\w+', 'clock_timestamp', 'timeofday', 'pg_sleep', 'currval', 'lastval'],
    ...['pg_\\w+_size', 'pg_stat_get_\\w+', 'pg_get_\\w+', 'pg_control_\\w+', 'pg_current_wal_\\w+'],
    ...['pg_last_\\w+', 'pg_is_\\w+', 'pg_blocking_pids', 'pg_partition_\\w+', 'pg_xact_\\w+', 'txid_status'],
    ...['pg_sequence_last_value', 'pg_\\w*collation_actual_version', 'pg_lock_status'],
  ].join('|')})$`,
)

export function withoutHarmless(functions: readonly string[]): Set<string> {
  return new Set(functions.filter((name) => !harmless.test(name)))
}

/** Functions of the server and its extensions. The transaction prevents changes by functions in SQL or PL/pgSQL. */
export const volatileFunctions = `
  select array_agg(distinct p.proname::text) as names
  from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
  where p.provolatile = 'v' and p.prokind = 'f' and l.lanname in ('internal', 'c')`
