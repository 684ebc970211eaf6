import { describeError } from '@aftercall/runtime/text/describe-error'
import { isOutage, sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { ConsoleFailure } from './answers.ts'

/** The failure that a page shows for an error of the database. Undefined for a defect, whose details only go to the log. */
export function failureAnswer(error: unknown): ConsoleFailure | undefined {
  const state = sqlStateOf(error)
  if (state === null) return isOfConnection(error) ? databaseAwayAnswer('unreachable', error) : undefined
  if (state.startsWith('22')) return unstorable
  const kind = kindOf(state)
  if (kind !== undefined) return { status: 503, code: `database_${state}`, reason: { kind } }
  // A syntax error and the like: our own statement is wrong.
  return state.startsWith('42') ? undefined : databaseAwayAnswer(state, error)
}

function databaseAwayAnswer(reason: string, error: unknown): ConsoleFailure {
  return {
    status: 503,
    code: `database_${reason}`,
    reason: { kind: 'database_away', said: describeError(error) },
  }
}

/** Errors of pg's pool have no code: a connection that was not available in time, or that broke. */
function isOfConnection(error: unknown): boolean {
  return (
    isOutage(error) &&
    error instanceof Error &&
    ('code' in error || /timeout|terminated/i.test(error.message))
  )
}

/** A number out of range, or a character that Postgres cannot store. */
const unstorable: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'unstorable' },
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function kindOf(state: string) {
  if (state.startsWith('28')) return 'database_login'
  switch (state) {
    case '3D000':
      return 'database_missing'
    case '42501':
      return 'database_privilege'
    case '3F000':
    case '42P01':
    case '42703':
    case '42883':
      return 'database_schema'
    case '57014':
      return 'database_slow'
    case '55P03':
      return 'database_locked'
    default:
      return undefined
  }
}
