import type { DocumentFailureCode, IgnoredCode, MessageFailureCode } from '@aftercall/ingest/failure-codes'
import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { formatNumber } from '../format/number.ts'
import type { FailureNote } from './note.ts'

const exportAgain =
  'export the file again, or repair it in the bucket; a newer upload is loaded automatically'
const reportAndUpgrade =
  'report it as a defect, with the log line and without the file; a newer release may accept it'
const raiseLimit = 'if such files should be loaded, raise worker.objectBytesMax, then replay'

/** Objects whose content cannot be used; trying again does not help. */
export const documentFailures: Record<DocumentFailureCode, FailureNote> = {
  empty_object: { meaning: 'the object is empty', toDo: exportAgain },
  not_json: { meaning: 'not JSON; the reason names the position, if it is known', toDo: exportAgain },
  gzip_broken: { meaning: 'gzip that cannot be decompressed', toDo: exportAgain },
  object_too_large: { meaning: 'larger than worker.objectBytesMax', toDo: raiseLimit },
  decompressed_too_large: {
    meaning: 'larger than worker.objectBytesMax when decompressed',
    toDo: raiseLimit,
  },
  too_many_documents: { meaning: 'more than 5,000 documents in one array', toDo: 'split the file' },
  document_too_deep: {
    meaning: `nested more than ${documentLimits.depthMax} levels deep`,
    toDo: exportAgain,
  },
  document_too_wide: {
    meaning: `more than ${formatNumber(documentLimits.valuesMax)} values`,
    toDo: exportAgain,
  },
  document_too_many_rows: {
    meaning: `more than ${formatNumber(documentLimits.rowsMax)} rows in one session`,
    toDo: exportAgain,
  },
  document_too_costly: {
    meaning: 'mapping it took more CPU time or memory than is allowed for an object of its size',
    toDo: 'split the file if it contains many sessions; otherwise report it as a defect, with the log line and without the file',
  },
  identity_unreadable: {
    meaning: 'the session id or the start time cannot be read',
    toDo: 'nothing: without them the session cannot be stored; if the file should be a session, find out what wrote it',
  },
  mapping_defect: { meaning: 'a defect in the mapping', toDo: reportAndUpgrade },
  database_refused: {
    meaning: 'Postgres refused a value; the reason names the session',
    toDo: reportAndUpgrade,
  },
}

const findSender = 'find out what sends such messages; only S3 notifications belong in the queue'

/** Messages that name no object. */
export const messageFailures: Record<MessageFailureCode, FailureNote> = {
  message_not_json: { meaning: 'the message is not JSON', toDo: findSender },
  message_unknown_shape: { meaning: 'JSON, but not a notification', toDo: findSender },
  message_no_records: { meaning: 'a notification without records', toDo: findSender },
  message_sns_subscription: {
    meaning: 'SNS asks to confirm a subscription',
    toDo: 'confirm it; until then the topic delivers nothing',
  },
  message_record_unusable: {
    meaning:
      'records that name no bucket or key; those of one message are kept together, and its other records are loaded',
    toDo: findSender,
  },
  message_too_large: { meaning: 'larger than an SQS message can be (1 MiB)', toDo: findSender },
  message_too_many_records: {
    meaning: 'more than 5,000 records',
    toDo: 'split it; aftercall reconcile finds the objects that it announced',
  },
}

/** Objects that are left out. Nothing failed: other files may share the bucket. */
export const ignoredObjects: Record<IgnoredCode, FailureNote> = {
  transcript: {
    meaning: 'the transcript of a call or chat, recognized by comm_type or transcript_version',
    toDo: 'nothing',
  },
  event_feed: { meaning: 'a list of events, from a webhook or the session data feed', toDo: 'nothing' },
  raw_export: { meaning: 'tables of the raw data export', toDo: 'nothing' },
  email_session: {
    meaning:
      'an email session, recognized by email_status, email_threads, the menu type email_menu, or a file name email-ID; never stored as a call',
    toDo: 'nothing; it is not documented whether the platform writes such files, so please report it',
  },
  placeholder: {
    meaning:
      'an empty object that marks a folder or a finished job, recognized by its key: x/, _$folder$, _SUCCESS, .keep',
    toDo: 'nothing',
  },
  empty_document: { meaning: 'an object without a value', toDo: 'nothing' },
  not_a_session: {
    meaning: 'no call_type, chat_type, call_uuid, or chat_uuid, and nothing else that identifies a session',
    toDo: 'nothing; if it should be a session, report the names of its keys',
  },
  media: { meaning: 'a recording or another media file, recognized by its name', toDo: 'nothing' },
  no_source: {
    meaning: 'no configured source contains the object',
    toDo: 'nothing; if it should be loaded, correct sources[].bucket and prefix, then run aftercall reconcile',
  },
  past_retention: {
    meaning: 'all its sessions, or some of them, are older than the retention of the source',
    toDo: 'nothing; to keep such sessions, raise sources[].retentionMonths, then replay it',
  },
  object_removed: { meaning: 'S3 announced that the object was deleted; its rows stay', toDo: 'nothing' },
  not_a_creation: { meaning: 'S3 announced an event that does not concern new content', toDo: 'nothing' },
}
