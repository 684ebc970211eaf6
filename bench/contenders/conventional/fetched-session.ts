import type { MappedSession } from '@aftercall/metadata/map/map-session'
import type { S3Record } from './s3-event-schema.ts'

/** Tables by name with untyped rows, which is all kysely needs to build statements. */
export type Tables = Record<string, Record<string, unknown>>

export type FetchedSession = {
  session: MappedSession
  record: S3Record
  contentSha256: string
  lastModified: Date
}
