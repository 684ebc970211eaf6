import type { IgnoredReason } from '@aftercall/metadata/classify-document'
import type { MappingCode } from '@aftercall/metadata/map-session'
import type { UnreadableCode } from '@aftercall/metadata/read-documents'
import type { FailureCode } from '@aftercall/storage/aws/error-class'
import type { UnreadableCode as UnreadableMessageCode } from '@aftercall/storage/notifications/notification'
import type { ListLostError } from '@aftercall/warehouse/ledger/sorted-objects'
import type { HaltCode } from '@aftercall/warehouse/maintenance/hold-back-retention'
import { documentLimits } from './mapping/map-fetched.ts'

/** What a code means, and what a person can do about it. What happens is decided elsewhere; docs/failure-codes.md tells all. */
export type FailureNote = { meaning: string; toDo: string }

const itself = 'nothing, unless it lasts'
const report = 'report it as a defect, with the log line and without the file'
const credentials =
  'renew the credentials that the AWS SDK finds (keys, profile or role), then start the worker again'

/** Codes of a call to S3 or SQS, from `retry-verdict.ts`. */
export const callFailures: Record<FailureCode, FailureNote> = {
  aborted: { meaning: 'the worker was stopped in the middle of it', toDo: 'nothing' },
  access_denied: {
    meaning: 'this object or this source must not be read (403); never taken for an object that is gone',
    toDo: 'allow s3:GetObject and s3:ListBucket, and kms:Decrypt where a key of KMS is used; aftercall doctor names what is missing',
  },
  archived: { meaning: 'the object lies in an archive class', toDo: 'restore it, then replay it' },
  body_cut: { meaning: 'fewer bytes came than were declared', toDo: itself },
  clock_skew: {
    meaning: 'the clocks of this machine and of AWS differ too much',
    toDo: 'set the clock by NTP',
  },
  connection_lost: { meaning: 'the connection broke', toDo: itself },
  connection_refused: {
    meaning: 'nothing listens at the endpoint',
    toDo: 'check the endpoint and the network',
  },
  credentials_expired: { meaning: 'the credentials have run out', toDo: credentials },
  credentials_invalid: {
    meaning: 'AWS does not know the credentials, or the signature is wrong',
    toDo: credentials,
  },
  credentials_missing: { meaning: 'the AWS SDK finds no credentials', toDo: credentials },
  encryption_key: {
    meaning: 'the key of KMS is disabled, deleted or not ours to use',
    toDo: 'enable the key, and allow kms:Decrypt',
  },
  host_unreachable: {
    meaning: 'the name of the host is not known, or no way leads there',
    toDo: 'check DNS and the network',
  },
  internal_error: { meaning: 'the service had an error of its own', toDo: itself },
  invalid_request: { meaning: 'the service does not take such a request', toDo: report },
  key_unproven: {
    meaning:
      'a key such as a/../b or a//b, and it could not be found out whether such a path reaches the store unchanged',
    toDo: 'allow s3:ListBucket; where the source has no other keys, reach the store without a proxy before it',
  },
  key_unsafe: {
    meaning:
      'a key such as a/../b or a//b, and something before the store changes such paths: another object would be read (I7)',
    toDo: 'have the proxy leave paths as they are, then replay; or have the object written under another key',
  },
  no_answer: { meaning: 'a batch was answered without a word on this entry', toDo: itself },
  no_such_bucket: { meaning: 'the bucket does not exist', toDo: 'check sources[].bucket and region' },
  no_such_queue: { meaning: 'the queue does not exist', toDo: 'check queues.*.url' },
  not_found: {
    meaning:
      'a 404 that S3 itself did not give, from a proxy for example; never taken for an object that is gone',
    toDo: 'check the endpoint',
  },
  receipt_invalid: { meaning: 'the message is no longer ours; another worker has it', toDo: 'nothing' },
  service_unavailable: { meaning: 'the service is down for a moment', toDo: itself },
  throttled: { meaning: 'too many requests a second', toDo: 'nothing: it slows down by itself' },
  timeout: { meaning: 'no answer in time', toDo: itself },
  tls_untrusted: {
    meaning: 'the certificate of the endpoint is not trusted',
    toDo: 'set NODE_EXTRA_CA_CERTS, or correct the endpoint',
  },
  too_many_in_flight: {
    meaning: 'SQS holds no more messages in flight (120,000)',
    toDo: 'run fewer workers, or lower worker.inFlight',
  },
  too_slow: {
    meaning: 'the answer came slower than 1 KiB a second, or than 16 KiB a second after the first minute',
    toDo: 'nothing, unless it lasts; then look at the store and the network to it',
  },
  unknown: {
    meaning: 'an error that is not in this list',
    toDo: 'look at the log line; report it if it stays',
  },
  unreadable_answer: {
    meaning: 'the answer is not what the service should say',
    toDo: 'check the endpoint and what is between',
  },
  wrong_region: {
    meaning: 'the bucket or queue is in another Region',
    toDo: 'set sources[].region or AWS_REGION',
  },
}

type DocumentCode = UnreadableCode | MappingCode | 'object_too_large' | 'mapping_defect' | 'database_refused'

const again = 'have the file exported again, or repair it where it lies; a newer upload is taken by itself'
const reportAndUpgrade = `${report}; a newer release may take it`
const raise = 'raise worker.objectBytesMax if such files are meant to be loaded, then replay'

/** Codes of what an object holds: trying again cannot help. */
export const documentFailures: Record<DocumentCode, FailureNote> = {
  empty_object: { meaning: 'the object is empty', toDo: again },
  not_json: { meaning: 'not JSON; the reason names the place', toDo: again },
  gzip_broken: { meaning: 'gzip that cannot be unpacked', toDo: again },
  object_too_large: { meaning: 'more bytes than worker.objectBytesMax', toDo: raise },
  decompressed_too_large: { meaning: 'more bytes than worker.objectBytesMax once unpacked', toDo: raise },
  too_many_documents: { meaning: 'more than 5,000 documents in one array', toDo: 'split the file' },
  document_too_deep: { meaning: `nested deeper than ${documentLimits.depthMax} levels`, toDo: again },
  document_too_wide: { meaning: `more than ${documentLimits.valuesMax} values`, toDo: again },
  document_too_many_rows: { meaning: `more than ${documentLimits.rowsMax} rows in one session`, toDo: again },
  document_too_costly: {
    meaning: 'mapping it took more CPU time or memory than an object of its size may',
    toDo: 'split the file if it is an export of many sessions; otherwise report it as a defect, with the log line and without the file',
  },
  identity_unreadable: {
    meaning: 'neither which session it is nor when that began',
    toDo: 'nothing: it has no place in the tables; ask where the file came from, if it should have been a session',
  },
  mapping_defect: { meaning: 'our own mapping stumbled over it', toDo: reportAndUpgrade },
  database_refused: {
    meaning: 'Postgres refused a value; the reason names the session',
    toDo: reportAndUpgrade,
  },
}

type MessageCode = `message_${UnreadableMessageCode | 'record_unusable' | 'too_large' | 'too_many_records'}`

const sender = 'find out who sends such messages to the queue: only notifications of S3 belong there'

/** Codes of a message that names no object we could fetch. */
export const messageFailures: Record<MessageCode, FailureNote> = {
  message_not_json: { meaning: 'the message is not JSON', toDo: sender },
  message_unknown_shape: { meaning: 'JSON, but no notification', toDo: sender },
  message_no_records: { meaning: 'a notification without any record', toDo: sender },
  message_sns_subscription: {
    meaning: 'SNS asks to confirm a subscription',
    toDo: 'confirm it: the topic delivers nothing until then',
  },
  message_record_unusable: {
    meaning: 'records that name no bucket or key, all of one message together; its other records are taken',
    toDo: sender,
  },
  message_too_large: { meaning: 'larger than any message of SQS can be (1 MiB)', toDo: sender },
  message_too_many_records: {
    meaning: 'more than 5,000 records',
    toDo: 'split it; aftercall reconcile finds what it announced',
  },
}

const migrations = 'run aftercall migrate, then start the worker again'

/** By SQLSTATE or its class, as `database_<SQLSTATE>`; what is not listed is tried again. */
export const databaseFailures: Readonly<Record<string, FailureNote>> = {
  '08': { meaning: 'the connection to Postgres broke', toDo: itself },
  '21': { meaning: 'two rows of one batch are the same row', toDo: report },
  '22': { meaning: 'a value that Postgres cannot store', toDo: report },
  '23': { meaning: 'a value that breaks a rule of a table', toDo: report },
  '25006': {
    meaning: 'the server is read-only: a standby, or a failover under way',
    toDo: 'point database.url at the primary',
  },
  '28': {
    meaning: 'Postgres refuses the login: wrong user or password, or pg_hba.conf',
    toDo: 'correct database.url or the role, then start the worker again',
  },
  '3D000': {
    meaning: 'the database does not exist',
    toDo: 'correct database.url, or create it and run aftercall migrate',
  },
  '3F000': { meaning: 'a schema does not exist', toDo: migrations },
  '40001': { meaning: "two transactions were in each other's way", toDo: itself },
  '40P01': { meaning: 'a deadlock', toDo: itself },
  '42': {
    meaning: 'the tables are not as this release made them',
    toDo: `undo what was changed by hand, or ${migrations}`,
  },
  '42501': {
    meaning: 'the user lacks a right',
    toDo: 'run: grant aftercall_loader to the user (docs/access.md; aftercall doctor names what is missing), then start the worker again',
  },
  '42703': { meaning: 'a column does not exist', toDo: migrations },
  '42883': { meaning: 'a function does not exist', toDo: migrations },
  '42P01': { meaning: 'a table does not exist', toDo: migrations },
  '53': {
    meaning: 'Postgres lacks disk, memory or connections',
    toDo: 'give the server more of what the log line names',
  },
  '54': {
    meaning: 'a value is too large for an index or a row; waited out where the server takes no transactions',
    toDo: `${report}; where the server says so, vacuum it`,
  },
  '55P03': { meaning: 'another session holds a lock for long', toDo: 'end what holds it, if it lasts' },
  '57': { meaning: 'Postgres is stopping, starting or failing over', toDo: itself },
  '57014': {
    meaning: 'a statement took longer than database.statementTimeoutSeconds',
    toDo: 'look at what slows the server down',
  },
  '58': { meaning: 'Postgres had trouble with its own system', toDo: "look at the server's log" },
}

/** Of a SQLSTATE: of itself, else of its class. */
export function databaseFailure(sqlState: string): FailureNote | undefined {
  return databaseFailures[sqlState] ?? databaseFailures[sqlState.slice(0, 2)]
}

/** Codes that come from neither S3, SQS nor Postgres. */
export const otherFailures: Record<'database_unreachable' | 'defect', FailureNote> = {
  database_unreachable: {
    meaning: 'no connection to Postgres, or a broken one',
    toDo: 'check database.url, the network and the server',
  },
  defect: { meaning: 'a defect of this program', toDo: report },
}

/** Codes that a command prints when it ends with 1, and `ingest.maintenance_run.halted`. */
export const commandFailures: Record<HaltCode | ListLostError['code'], FailureNote> = {
  clock_disagrees: {
    meaning: 'the clocks of this machine and of the database differ by over 15 minutes',
    toDo: 'set both by NTP, then run aftercall maintain again',
  },
  retention_too_large: {
    meaning: 'retention would remove over one month more than the last run did, or over 70 % of all sessions',
    toDo: 'look at aftercall maintain --dry-run; if it is meant, run aftercall maintain --allow-drop with the number that it names',
  },
  object_list_lost: {
    meaning: 'Postgres restarted or failed over and lost a list of keys that a comparison kept there',
    toDo: 'run aftercall reconcile again',
  },
}

/** Of a code as the ledger, a rejection or a metric carries it; undefined for one that is not listed. */
export function failureNote(code: string): FailureNote | undefined {
  if (code.startsWith('database_') && code !== 'database_refused' && code !== 'database_unreachable')
    return databaseFailure(code.slice('database_'.length))
  return allFailures.get(code)
}

/** A call that trying again cannot help is rejected under its code with `object_` before it. */
const allFailures: ReadonlyMap<string, FailureNote> = new Map([
  ...Object.entries(callFailures),
  ...Object.entries(callFailures).map(([code, note]): [string, FailureNote] => [`object_${code}`, note]),
  ...Object.entries(documentFailures),
  ...Object.entries(messageFailures),
  ...Object.entries(otherFailures),
])

/** Why JSON is no session document: nothing failed. Other files that share the bucket are meant to be there. */
export const ignoredReasons: Record<IgnoredReason, FailureNote> = {
  transcript: {
    meaning: 'the transcript of a call or chat, by comm_type or transcript_version',
    toDo: 'nothing',
  },
  event_feed: { meaning: 'a list of events, from a webhook or the session data feed', toDo: 'nothing' },
  raw_export: { meaning: 'tables of the raw data export', toDo: 'nothing' },
  email_session: {
    meaning:
      'an e-mail session, by email_status, email_threads or the menu type email_menu, or a file named email-ID; never stored as a call',
    toDo: 'nothing; whether the platform writes such files is not documented, so report it when one is seen',
  },
  placeholder: {
    meaning:
      'an empty object that stands for a folder or a finished job, by its key: x/, _$folder$, _SUCCESS, .keep',
    toDo: 'nothing',
  },
  empty_document: { meaning: 'an object without a value', toDo: 'nothing' },
  not_a_session: {
    meaning: 'neither call_type, chat_type, call_uuid nor chat_uuid, nor anything else that makes a session',
    toDo: 'nothing, unless it should have been one: then report the names of its keys',
  },
}
