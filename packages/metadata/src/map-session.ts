import { z } from 'zod'
import type { Channel } from './classify-document.ts'
import { noTimes, readColumn, saysNothing, unreadable } from './columns.ts'
import { collectDrift, type Drift } from './drift.ts'
import { mapChildren } from './map-children.ts'
import { columnTree, mapObject, type ObjectContext, type Row } from './map-object.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import type { SessionDocument } from './read-documents.ts'
import type { Revision } from './revision.ts'
import { fillComputed } from './session-computed.ts'
import { type DocumentLimits, surveyDocument } from './survey-document.ts'
import type { TableName } from './table-spec.ts'
import { childTables, tables } from './tables/all-tables.ts'
import { recordingRedactionTable } from './tables/recording-redaction.ts'
import { sessionTable } from './tables/session.ts'
import { createTimeReader, type Instant, readTime } from './times.ts'

/** Goes up by one with every change of what a document becomes, so that rows tell which rules made them. */
export const mappingVersion = 2

export type SessionKey = { source: string; channel: Channel; sessionId: string }

/** One document as rows, with everything the loader needs to decide and to write. */
export type MappedSession = {
  key: SessionKey
  /** The partition key of all rows. */
  createdAt: Instant
  endedAt: Instant | null
  revision: Revision
  rows: Record<TableName, Row[]>
  /** Names of the vocabularies that do not hold a word of the document, each once. */
  unknownWords: string[]
  /** Places of the document that no column takes, and whatever else was odd about it. */
  drift: Drift[]
  /** The document as JSON text. */
  text: string
}

export type MappingCode =
  | 'identity_unreadable'
  | 'document_too_deep'
  | 'document_too_wide'
  | 'document_too_many_rows'

export type Mapping =
  | { kind: 'session'; session: MappedSession }
  | { kind: 'unusable'; code: MappingCode; detail: string }

export type MappingContext = {
  source: string
  /** Zone of times without an offset; UTC by default. */
  timeZone?: string | undefined
  objectLastModified: Date
  limits: DocumentLimits
}

const sessionColumns = columnTree(sessionTable)

/** Document → rows. Pure, deterministic, and never throws: a document that has no identity is `unusable`. */
export function mapSession(found: SessionDocument, context: MappingContext): Mapping {
  const { document, channel } = found
  const times = createTimeReader(context.timeZone)
  const survey = surveyDocument(document, context.limits, times)
  if (survey.kind === 'beyond-limits') {
    return { kind: 'unusable', code: survey.code, detail: `${found.path}: more than ${survey.limit}` }
  }
  const identity = identitySchema.safeParse(document)
  const created = identity.success ? times(identity.data.created_at) : undefined
  if (!identity.success || created === undefined) {
    return {
      kind: 'unusable',
      code: 'identity_unreadable',
      detail: describeIssues(found.path, identity.error),
    }
  }
  let timesWithoutOffset = 0
  const unknownWords = new Set<string>()
  const reading = {
    channel,
    readTime: times,
    onTimeWithoutOffset: () => {
      timesWithoutOffset += 1
    },
    onUnknownWord: (vocabulary: string) => {
      unknownWords.add(vocabulary)
    },
  }
  const key: SessionKey = { source: context.source, channel, sessionId: identity.data.id }
  const { row, extra } = mapObject(sessionColumns, document, reading)
  const session: Row = { ...row, source: key.source, channel, utc_offset_minutes: created.utcOffsetMinutes }
  const rows = mapTables(session, extra, created.instant, reading)
  const { rowsMax } = context.limits
  if (countRows(rows) > rowsMax) {
    return {
      kind: 'unusable',
      code: 'document_too_many_rows',
      detail: `${found.path}: more than ${rowsMax} rows`,
    }
  }
  fillComputed({ session, rows, document, extra, channel })
  if (!saysNothing(extra)) session.extra = extra
  return {
    kind: 'session',
    session: {
      key,
      createdAt: created.instant,
      endedAt: textOrNull(session.ended_at),
      revision: revisionOf(found, session, survey.latestEventAt ?? created.instant, context),
      rows,
      unknownWords: [...unknownWords],
      drift: driftOf(rows, timesWithoutOffset),
      text: found.text,
    },
  }
}

function mapTables(
  session: Row,
  extra: JsonObject,
  createdAt: Instant,
  reading: ObjectContext,
): Record<TableName, Row[]> {
  const { source = null, channel = null, session_id: id = null } = session
  const key: Row = { source, channel, session_id: id, session_created_at: createdAt }
  const rows = new Map<TableName, Row[]>([['session', [session]]])
  for (const table of childTables) rows.set(table.name, mapChildren(table, extra, key, reading))
  const recordings = rows.get('recording') ?? []
  rows.set(
    'recording_redaction',
    recordings.flatMap((recording) => mapRedactions(recording, key, reading)),
  )
  // Every name of the union has its table in `tables`; a test holds them together.
  return Object.fromEntries(rows) as Record<TableName, Row[]>
}

function countRows(rows: Record<TableName, Row[]>): number {
  return Object.values(rows).reduce((sum, ofTable) => sum + ofTable.length, 0)
}

/** The one array within an array: the redacted spans of a recording. */
function mapRedactions(recording: Row, key: Row, reading: ObjectContext): Row[] {
  const { extra, recording_id: recordingId = null } = recording
  if (!isJsonObject(extra)) return []
  const rows = mapChildren(recordingRedactionTable, extra, { ...key, recording_id: recordingId }, reading)
  if (saysNothing(extra)) delete recording.extra
  return rows
}

function driftOf(rows: Record<TableName, Row[]>, timesWithoutOffset: number): Drift[] {
  const found = new Map<string, Drift>()
  for (const table of tables) {
    for (const row of rows[table.name]) collectDrift(table, row, found)
  }
  if (timesWithoutOffset > 0) found.set('times', { path: '*', type: 'time without offset' })
  return [...found.values()]
}

function revisionOf(
  found: SessionDocument,
  session: Row,
  latestEventAt: Instant,
  context: MappingContext,
): Revision {
  const lastModified = readTime(context.objectLastModified.toISOString())
  return {
    updatedAt: textOrNull(session.updated_at) ?? latestEventAt,
    latestEventAt,
    objectLastModified: lastModified?.instant ?? latestEventAt,
    contentSha256: found.contentSha256,
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** What a document must have to be stored at all: who it is, and the month it belongs to. */
const identitySchema = z.object({
  id: z.unknown().transform((sent, issues): string => {
    const id = readColumn.id(sent, noTimes)
    if (typeof id === 'string') return id
    issues.addIssue(id === unreadable ? 'is not a whole number of at most 64 bits' : 'is missing')
    return z.NEVER
  }),
  created_at: z.unknown().transform((sent, issues): string => {
    if (typeof sent === 'string' && readTime(sent) !== undefined) return sent
    issues.addIssue(sent === undefined || sent === null ? 'is missing' : 'is not an ISO 8601 time')
    return z.NEVER
  }),
})

function describeIssues(path: string, error: z.ZodError | undefined): string {
  if (error === undefined) return `${path}.created_at is not an ISO 8601 time`
  return error.issues.map((issue) => `${path}.${issue.path.join('.')} ${issue.message}`).join('; ')
}
