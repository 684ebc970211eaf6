import type { Channel } from './classify-document.ts'
import { saysNothing } from './columns.ts'
import { type Drift, driftCollector } from './drift.ts'
import type { ObjectContext, Row } from './map-object.ts'
import { mapTables, type Rows } from './map-tables.ts'
import { noteDoubledStays, oddDurationCollector } from './odd-rows.ts'
import type { JsonText, SessionDocument } from './read-documents.ts'
import { readIdentity } from './read-identity.ts'
import type { Revision } from './revision.ts'
import { fillComputed } from './session-computed.ts'
import { type DocumentLimits, surveyDocument } from './survey-document.ts'
import { placesOf } from './table-spec.ts'
import { tables } from './tables/all-tables.ts'
import { sessionTable } from './tables/session.ts'
import { type Instant, instantOf, instantOfMoment, readTime } from './times.ts'

/** Goes up by one with every change of what a document becomes, so that rows tell which rules made them. */
export const mappingVersion = 4

export type SessionKey = { source: string; channel: Channel; sessionId: string }

/** One document as rows, with everything the loader needs to decide and to write. */
export type MappedSession = {
  key: SessionKey
  /** The partition key of all rows. */
  createdAt: Instant
  endedAt: Instant | null
  revision: Revision
  rows: Rows
  /** Names of the vocabularies that do not hold a word of the document, each once. */
  unknownWords: string[]
  /** Places of the document that no column takes, and whatever else was odd about it. */
  drift: Drift[]
  text: JsonText
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

const ofSession = placesOf(sessionTable, 'ended_at', 'updated_at', 'extra')
const driftOfTables = tables.map((table) => ({
  name: table.name,
  collect: driftCollector(table),
  collectOdd: oddDurationCollector(table),
}))

/** Document → rows. Pure, deterministic, and never throws: a document that has no identity is `unusable`. */
export function mapSession(found: SessionDocument, context: MappingContext): Mapping {
  const { document, channel } = found
  const times = (text: string) => readTime(text, context.timeZone)
  const survey = surveyDocument(document, context.limits, times)
  if (survey.kind === 'beyond-limits') {
    return { kind: 'unusable', code: survey.code, detail: `${found.path}: more than ${survey.limit}` }
  }
  const identity = readIdentity(document, channel, times)
  if (identity.kind === 'unreadable') {
    const detail = identity.problems.map((problem) => `${found.path}.${problem}`).join('; ')
    return { kind: 'unusable', code: 'identity_unreadable', detail }
  }
  const { sessionId, created } = identity
  let timesWithoutOffset = 0
  const unknownWords = new Set<string>()
  const reading: ObjectContext = {
    channel,
    sessionId,
    readTime: times,
    onTimeWithoutOffset: () => {
      timesWithoutOffset += 1
    },
    onUnknownWord: (vocabulary: string) => {
      unknownWords.add(vocabulary)
    },
  }
  const { session, rows, extra } = mapTables(document, context.source, created, reading)
  const { rowsMax } = context.limits
  if (countRows(rows) > rowsMax) {
    return {
      kind: 'unusable',
      code: 'document_too_many_rows',
      detail: `${found.path}: more than ${rowsMax} rows`,
    }
  }
  fillComputed({ session, rows, document, extra, channel })
  if (!saysNothing(extra)) session[ofSession.extra] = extra
  return {
    kind: 'session',
    session: {
      key: { source: context.source, channel, sessionId },
      createdAt: created.instant,
      endedAt: instantOrNull(session[ofSession.ended_at]),
      revision: revisionOf(found, session, survey.latestEventAt ?? created.instant, context),
      rows,
      unknownWords: [...unknownWords],
      drift: driftOf(rows, timesWithoutOffset),
      text: found.text,
    },
  }
}

function countRows(rows: Rows): number {
  return tables.reduce((sum, { name }) => sum + rows[name].length, 0)
}

function driftOf(rows: Rows, timesWithoutOffset: number): Drift[] {
  const found = new Map<string, Drift>()
  for (const { name, collect, collectOdd } of driftOfTables) {
    for (const row of rows[name]) {
      collect(row, found)
      collectOdd(row, found)
    }
  }
  noteDoubledStays(rows.queue_duration, found)
  if (timesWithoutOffset > 0) found.set('times', { path: '*', type: 'time without offset' })
  return [...found.values()]
}

function revisionOf(
  found: SessionDocument,
  session: Row,
  latestEventAt: Instant,
  context: MappingContext,
): Revision {
  return {
    updatedAt: instantOrNull(session[ofSession.updated_at]) ?? latestEventAt,
    latestEventAt,
    objectLastModified: instantOf(context.objectLastModified) ?? latestEventAt,
    contentSha256: found.contentSha256,
  }
}

function instantOrNull(value: unknown): Instant | null {
  return typeof value === 'string' || typeof value === 'number' ? instantOfMoment(value) : null
}
