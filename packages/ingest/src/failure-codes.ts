import type { MappingCode } from '@aftercall/metadata/map/map-session'
import type { IgnoredReason } from '@aftercall/metadata/read/classify-document'
import type { UnreadableCode } from '@aftercall/metadata/read/read-documents'
import type { UnreadableCode as UnreadableMessageCode } from '@aftercall/storage/notifications/notification'
import type { otherEventCode, removedCode } from '@aftercall/warehouse/ledger/ledger'

/*
 * The codes under which objects and messages are rejected or ignored. Codes of calls are in storage/aws/error-class.ts, SQLSTATEs in
 * warehouse/connection/error-class.ts. What each code means is worded in the package `operator`.
 */

/** The content of an object cannot be used. */
export type DocumentFailureCode =
  | UnreadableCode
  | MappingCode
  | 'object_too_large'
  | 'mapping_defect'
  | 'database_refused'

/** A message names no object that could be fetched. */
export type MessageFailureCode =
  `message_${UnreadableMessageCode | 'record_unusable' | 'too_large' | 'too_many_records'}`

/** An object is left out, and nothing is wrong. */
export type IgnoredCode =
  | IgnoredReason
  | 'media'
  | 'no_source'
  | 'past_retention'
  | typeof removedCode
  | typeof otherEventCode
