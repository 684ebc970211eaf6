import { collectDimensions } from '../dimensions/collect-dimensions.ts'
import type { SessionDimensions } from '../dimensions/seen.ts'
import { fillCustom } from '../identity/fill-custom.ts'
import { fillKeys } from '../identity/fill-keys.ts'
import { type MappingSettings, noSettings, settingsVersionOf } from '../identity/mapping-settings.ts'
import type { JsonObject } from '../read/parse-json.ts'
import type { JsonText, SessionDocument } from '../read/read-documents.ts'
import type { Channel } from '../read/session-type.ts'
import { type DocumentLimits, surveyDocument } from '../read/survey-document.ts'
import { tables } from '../tables/all-tables.ts'
import { isEmpty, onlyOf } from '../tables/columns.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { boundTimes, type ClockFault, judgeTimes, withinBounds } from '../times/judge-times.ts'
import type { Revision } from '../times/revision.ts'
import { type Instant, type Moment, readTime, type TimeReader } from '../times/times.ts'
import { type Drift, driftCollector } from './drift.ts'
import type { ObjectContext, Row } from './map-object.ts'
import { mapTables, type Rows } from './map-tables.ts'
import { noteDoubledStays, oddDurationCollector } from './odd-rows.ts'
import { readIdentity } from './read-identity.ts'
import { fillComputed } from './session-computed.ts'
import { collectUnknownWords, type UnknownWord } from './unknown-words.ts'

/** Increases by one with every change of the mapping, so that rows show which rules made them. */
export const mappingVersion = 5

export type SessionKey = { source: string; channel: Channel; sessionId: string }

/** One document as rows, with everything that the loader needs to decide and to write. */
export type MappedSession = {
  key: SessionKey
  /** The partition key of all rows. */
  createdAt: Instant
  /** When the session ended. Null if the time is missing or impossible. */
  endedAt: Instant | null
  /** The call_uuid or chat_uuid, which never changes; in lower case. */
  uuid: string | null
  revision: Revision
  /** Faults of the times that order its revisions. */
  clockFaults: ClockFault[]
  rows: Rows
  /** The agents, queues and virtual agents that it names. */
  dimensions: SessionDimensions
  /** Stands for the settings that the rows were made with. */
  settingsVersion: number
  /** Words of the document that are not in their vocabularies, each once. */
  unknownWords: UnknownWord[]
  /** Parts of the document without a column, or with something unexpected. */
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
  /** Time zone of times without an offset. UTC by default. */
  timeZone?: string | undefined
  objectLastModified: Date
  limits: DocumentLimits
  /** By default no keys, and no custom data. */
  settings?: MappingSettings | undefined
}

const sessionColumns = columnIndexes(sessionTable, 'uuid', 'ended_at', 'updated_at', 'extra')
const driftOfTables = tables.map((table) => ({
  name: table.name,
  collect: driftCollector(table),
  collectOdd: oddDurationCollector(table),
}))

/** Document → rows. Pure, deterministic, and never throws: a document without identity is `unusable`. */
export function mapSession(found: SessionDocument, context: MappingContext): Mapping {
  const { document, channel } = found
  const times = (text: string) => readTime(text, context.timeZone)
  const identity = readIdentity(document, channel, times)
  const bounds = boundTimes(
    identity.kind === 'identity' ? identity.createdAt : null,
    context.objectLastModified,
    () => readUpdatedAt(document, times),
  )
  const survey = surveyDocument(document, context.limits, times, bounds.latestMs)
  if (survey.kind === 'beyond-limits') {
    return { kind: 'unusable', code: survey.code, detail: `${found.path}: more than ${survey.limit}` }
  }
  if (identity.kind === 'unreadable') {
    const detail = identity.problems.map((problem) => `${found.path}.${problem}`).join('; ')
    return { kind: 'unusable', code: 'identity_unreadable', detail }
  }
  const { sessionId, created } = identity
  let timesWithoutOffset = 0
  const unknownWords = collectUnknownWords()
  const reading: ObjectContext = {
    channel,
    sessionId,
    utcOffsetMinutes: created.utcOffsetMinutes,
    readTime: times,
    onTimeWithoutOffset: () => {
      timesWithoutOffset += 1
    },
    onUnknownWord: unknownWords.add,
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
  const { settings = noSettings } = context
  fillComputed({ session, rows, document, extra, channel })
  fillKeys(session, rows, settings)
  fillCustom(session, settings)
  if (!isEmpty(extra)) session[sessionColumns.extra] = extra
  const judged = judgeTimes({
    bounds,
    updatedAt: momentOrNull(session[sessionColumns.updated_at]),
    latestEventAt: survey.latestEventAt ?? created.instant,
    hasEventAhead: survey.hasEventAhead,
  })
  return {
    kind: 'session',
    session: {
      key: { source: context.source, channel, sessionId },
      createdAt: created.instant,
      endedAt: withinBounds(bounds, momentOrNull(session[sessionColumns.ended_at])),
      uuid: uuidOf(session),
      revision: { ...judged.times, contentSha256: found.contentSha256 },
      clockFaults: judged.faults,
      rows,
      dimensions: collectDimensions(rows),
      settingsVersion: settingsVersionOf(settings),
      unknownWords: unknownWords.found(),
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

function readUpdatedAt({ updated_at }: JsonObject, readTimes: TimeReader): Moment | null {
  const sent = onlyOf(updated_at)
  return typeof sent === 'string' ? (readTimes(sent)?.instant ?? null) : null
}

function uuidOf(session: Row): string | null {
  const uuid = session[sessionColumns.uuid]
  return typeof uuid === 'string' ? uuid.toLowerCase() : null
}

function momentOrNull(value: unknown): Moment | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
