import type { FailureNote } from './note.ts'

const passes = 'nothing, unless it persists'
const report = 'report it as a defect, with the log line and without the file'
const migrate = 'run aftercall migrate, then start the worker again'

/** By SQLSTATE or its class, as `database_<SQLSTATE>`. A code that is not listed is tried again. */
export const databaseFailures = {
  '08': { meaning: 'the connection to Postgres broke', toDo: passes },
  '21': { meaning: 'two rows of a batch have the same key', toDo: report },
  '22': { meaning: 'a value that Postgres cannot store', toDo: report },
  '23': { meaning: 'a value that violates a constraint', toDo: report },
  '25006': {
    meaning: 'the server is read-only: it is a standby, or a failover is in progress',
    toDo: 'point database.url to the primary',
  },
  '28': {
    meaning: 'Postgres refuses the login: wrong user, wrong password, or pg_hba.conf',
    toDo: 'correct database.url or the role, then start the worker again',
  },
  '3D000': {
    meaning: 'the database does not exist',
    toDo: 'correct database.url, or create the database and run aftercall migrate',
  },
  '3F000': { meaning: 'a schema does not exist', toDo: migrate },
  '40001': { meaning: 'two transactions conflicted (serialization failure)', toDo: passes },
  '40P01': { meaning: 'a deadlock', toDo: passes },
  '42': {
    meaning: 'the tables differ from what this release expects',
    toDo: `undo manual changes, or ${migrate}`,
  },
  '42501': {
    meaning: 'the user lacks a privilege',
    toDo: 'run: grant aftercall_loader to the user (docs/access.md; aftercall doctor names what is missing), then start the worker again',
  },
  '42703': { meaning: 'a column does not exist', toDo: migrate },
  '42883': { meaning: 'a function does not exist', toDo: migrate },
  '42P01': { meaning: 'a table does not exist', toDo: migrate },
  '53': {
    meaning: 'Postgres is out of disk space, memory, or connections',
    toDo: 'give the server more of what the log line names',
  },
  '54': {
    meaning:
      'a value is too large for an index or a row; if the server accepts no transactions, the worker waits instead',
    toDo: `${report}; if the server asks for it, run VACUUM`,
  },
  '55P03': {
    meaning: 'another session holds a lock for too long',
    toDo: 'if it persists, end the session that holds the lock',
  },
  '57': { meaning: 'Postgres is stopping, starting, or failing over', toDo: passes },
  '57014': {
    meaning: 'a statement took longer than database.statementTimeoutSeconds',
    toDo: 'find out what slows the server down',
  },
  '58': {
    meaning: 'Postgres reported an error of its operating system or storage',
    toDo: "check the server's log",
  },
} as const satisfies Readonly<Record<string, FailureNote>>

/** The note on a SQLSTATE, else on its class. */
export function databaseFailure(sqlState: string): FailureNote | undefined {
  return noteOfState(databaseFailures, sqlState)
}

export function noteOfState(
  notes: Readonly<Record<string, FailureNote>>,
  sqlState: string,
): FailureNote | undefined {
  return notes[sqlState] ?? notes[sqlState.slice(0, 2)]
}
