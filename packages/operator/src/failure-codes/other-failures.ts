import type { ListLostError } from '@aftercall/warehouse/ledger/sorted-objects'
import type { HaltCode } from '@aftercall/warehouse/maintenance/hold-back-retention'
import type { FailureNote } from './note.ts'

/** Failures that come from neither S3, SQS, nor a statement. */
export const otherFailures: Record<'database_unreachable' | 'defect', FailureNote> = {
  database_unreachable: {
    meaning: 'Postgres cannot be reached, or the connection broke',
    toDo: 'check database.url, the network, and the server',
  },
  defect: {
    meaning: 'a defect of this program',
    toDo: 'report it as a defect, with the log line and without the file',
  },
}

/** Codes that a command prints before it exits with 1; those of retention are in `ingest.maintenance_run.halted`, too. */
export const commandFailures: Record<HaltCode | ListLostError['code'], FailureNote> = {
  clock_disagrees: {
    meaning: 'the clocks of this machine and of the database differ by more than 15 minutes',
    toDo: 'synchronize both with NTP, then run aftercall maintain again',
  },
  retention_too_large: {
    meaning: 'retention would remove over one month more than the last run did, or over 70 % of all sessions',
    toDo: 'check aftercall maintain --dry-run; if the removal is intended, run aftercall maintain --allow-drop with the number that it prints',
  },
  object_list_lost: {
    meaning: 'Postgres restarted or failed over and lost the list of keys that a reconcile kept there',
    toDo: 'run aftercall reconcile again',
  },
}
