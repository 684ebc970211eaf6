import { DocumentKeyError } from '../sealing/document-key-error.ts'

/**
 * What a database error means for the documents of a batch.
 * - `refused`: the data is at fault, and trying again cannot help. The batch is split until the document is alone.
 * - `retry`: the database is at fault, and may recover.
 * - `stop`: no document can be stored until someone acts (missing table, wrong password).
 */
export type SqlErrorClass = 'refused' | 'retry' | 'stop'

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const classOfState: Readonly<Record<string, SqlErrorClass>> = {
  '40001': 'retry', // serialization_failure
  '40P01': 'retry', // deadlock_detected
  '55P03': 'retry', // lock_not_available
  '57014': 'retry', // query_canceled: statement timeout
  '25006': 'retry', // read_only_sql_transaction: a standby, until the failover has ended
  '3D000': 'stop', // invalid_catalog_name
  '42501': 'stop', // insufficient_privilege
  '42P01': 'stop', // undefined_table
  '42703': 'stop', // undefined_column
  '42883': 'stop', // undefined_function
  '3F000': 'stop', // invalid_schema_name
  F0000: 'stop', // config_file_error: see ErasureKeyError
}

const classOfStateClass: Readonly<Record<string, SqlErrorClass>> = {
  '08': 'retry', // connection exceptions
  '21': 'refused', // cardinality violation: two rows of one batch are the same
  '22': 'refused', // data exceptions
  '23': 'refused', // integrity constraint violations
  '28': 'stop', // invalid authorization
  '42': 'stop', // syntax error or access rule violation: our SQL does not match these tables
  '53': 'retry', // insufficient resources: disk full, too many connections
  '54': 'refused', // program limit exceeded: an index row too large, for example; see `isLimit`
  '57': 'retry', // operator intervention: shutdown, failover
  '58': 'retry', // system errors
}

/** The SQLSTATE of a driver error, or null for an error that did not come from the server (a dead socket). */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null
}

/** Errors without an SQLSTATE are broken connections and timeouts, or a batch that does not fit into one string. */
export function sqlErrorClassOf(error: unknown): SqlErrorClass {
  if (error instanceof DocumentKeyError) return 'stop'
  const state = sqlStateOf(error)
  if (state === null) return isDefect(error) ? 'refused' : 'retry'
  if (state === '08P01' && isOfCopiedRows(error)) return 'refused'
  return classOfState[state] ?? classOfStateClass[state.slice(0, 2)] ?? 'retry'
}

/**
 * Rows that Postgres cannot read are a defect of ours: they would be sent again without end. Poolers also use this code.
 */
function isOfCopiedRows(error: unknown): boolean {
  return error instanceof Error && 'where' in error && String(error.where).startsWith('COPY ')
}

/**
 * An error of our code or of the language, such as a batch that does not fit into one string: the same batch always
 * fails.
 */
function isDefect(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError || error instanceof ReferenceError
}

/** The database is away. Callers keep their work and wait until it is back. */
export function isOutage(error: unknown): boolean {
  const state = sqlStateOf(error)
  if (sqlErrorClassOf(error) !== 'retry') return false
  return state === null || outageStates.test(state)
}

/** Connection exceptions, insufficient resources, shutdown and failover, system errors, a standby. */
const outageStates = /^(?:08|53|57P|58|25006)/

/**
 * A limit that some data exceeds. A server without transaction ids also reports it, for every statement, until it is
 * vacuumed. Trying something else shows which of the two it is.
 */
export function isLimit(error: unknown): boolean {
  return sqlStateOf(error)?.startsWith('54') === true
}

/** The server has ended the transaction for the sake of another one. The same transaction may well succeed now. */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01'
}

/** Another session holds a lock for long: not the fault of any document, and no reason to give one up. */
export function isLockedOut(error: unknown): boolean {
  return sqlStateOf(error) === '55P03'
}
