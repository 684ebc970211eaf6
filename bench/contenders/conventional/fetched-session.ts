import type { MappedSession } from '@aftercall/metadata/map-session'
import type { S3Record } from './s3-event-schema.ts'

/** Tables by name, rows as they come: what kysely needs to build statements. */
export type Tables = Record<string, Record<string, unknown>>

export type FetchedSession = {
  session: MappedSession
  record: S3Record
  contentSha256: string
  lastModified: Date
}
