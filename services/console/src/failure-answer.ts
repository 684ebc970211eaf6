import { describeError } from '@aftercall/runtime/text/describe-error'
import { isOutage, sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import type { ConsoleFailure } from './answers.ts'

/** What a page says in place of its answer. Undefined for a defect: what that says is for the log alone. */
export function failureAnswer(error: unknown): ConsoleFailure | undefined {
  const state = sqlStateOf(error)
  if (state === null) return isOfConnection(error) ? databaseAwayAnswer('unreachable', error) : undefined
  if (state.startsWith('22')) return unstorable
  const wording = wordingOf(state)
  if (wording !== undefined) return { status: 503, code: `database_${state}`, message: wording }
  // Syntax and the like: our own statement is wrong.
  return state.startsWith('42') ? undefined : databaseAwayAnswer(state, error)
}

function databaseAwayAnswer(reason: string, error: unknown): ConsoleFailure {
  return {
    status: 503,
    code: `database_${reason}`,
    message: `The database does not answer: ${describeError(error)}.`,
  }
}

/** Of pg's pool, a connection that did not come in time or broke has no code. */
function isOfConnection(error: unknown): boolean {
  return (
    isOutage(error) &&
    error instanceof Error &&
    ('code' in error || /timeout|terminated/i.test(error.message))
  )
}

/** A number beyond any id, or a character that Postgres has no room for. */
const unstorable: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  message: 'The address holds a number or a character that cannot be in the tables.',
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function wordingOf(state: string): string | undefined {
  if (state.startsWith('28'))
    return 'The database refuses the login: correct the user or password of database.url.'
  switch (state) {
    case '3D000':
      return 'The database of database.url does not exist: correct the name, or create it and run aftercall migrate.'
    case '42501':
      return 'The login of database.url may not read this. Let an administrator run: grant aftercall_operator to its user (docs/access.md).'
    case '3F000':
    case '42P01':
    case '42703':
    case '42883':
      return 'The database lacks tables or columns of this release: run aftercall migrate.'
    case '57014':
      return 'The database took too long to tell. It may be busy: this page tries again.'
    case '55P03':
      return 'A table that this page reads is locked, for example by a migration. This page tries again.'
    default:
      return undefined
  }
}
