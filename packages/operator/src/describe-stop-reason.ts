import type { StopReason } from '@aftercall/ingest/outcome'
import { callFailures } from './failure-codes/call-failures.ts'
import { databaseFailure } from './failure-codes/database-failures.ts'
import { keyFailures } from './failure-codes/key-failures.ts'

/** Why a worker or a bulk load stops, and what to do, in one line. */
export function describeStopReason(reason: StopReason): string {
  switch (reason.kind) {
    case 'call': {
      const { meaning, toDo } = callFailures[reason.code]
      return `${reason.error}: ${meaning}; ${toDo}`
    }
    case 'key':
      return `${reason.error}; ${keyFailures[reason.code].toDo}`
    case 'database': {
      const { sqlState, said } = reason
      const note = databaseFailure(sqlState)
      const meaning = note?.meaning ?? 'nothing can be stored'
      const toDo = note?.toDo ?? 'see docs/failure-codes.md'
      return `${meaning} (SQLSTATE ${sqlState}${said === null ? '' : `: ${said}`}); ${toDo}`
    }
  }
}
