import { describeError } from '@aftercall/runtime/text/describe-error'
import { isOutage, sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { ConsoleFailure } from './answers.ts'

/** The failure that a page shows for an error of the database. Undefined for a defect, whose details only go to the log. */
export function failureAnswer(error: unknown): ConsoleFailure | undefined {
  const state = sqlStateOf(error)
  if (state === null) return isOfConnection(error) ? databaseAwayAnswer('unreachable', error) : undefined
  if (state.startsWith('22')) return unstorable
  const message = messageOf(state)
  if (message !== undefined) return { status: 503, code: `database_${state}`, message }
  // A syntax error and the like: our own statement is wrong.
  return state.startsWith('42') ? undefined : databaseAwayAnswer(state, error)
}

function databaseAwayAnswer(reason: string, error: unknown): ConsoleFailure {
  return {
    status: 503,
    code: `database_${reason}`,
    message: `The database does not answer: ${describeError(error)}.`,
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
  message: 'The address contains a number or a character that the tables cannot contain.',
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function messageOf(state: string): string | undefined {
  if (state.startsWith('28'))
    return 'The database refuses the login. Correct the user or password in database.url.'
  switch (state) {
    case '3D000':
      return 'The database in database.url does not exist. Correct the name, or create the database and run aftercall migrate.'
    case '42501':
      return 'The user in database.url is not allowed to read this. Ask an administrator to run: grant aftercall_operator to this user (docs/access.md).'
    case '3F000':
    case '42P01':
    case '42703':
    case '42883':
      return 'The database lacks tables or columns of this release. Run aftercall migrate.'
    case '57014':
      return 'The database took too long to answer. It may be busy; this page tries again.'
    case '55P03':
      return 'A table that this page reads is locked, for example by a migration. This page tries again.'
    default:
      return undefined
  }
}
