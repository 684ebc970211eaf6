import type { RejectionRow } from '@aftercall/warehouse/ledger/read-rejections'
import type { Texts } from '../texts/en.ts'

/** What is null or empty is left out. */
type Query = Readonly<Record<string, string | null | undefined>>

/** Paths of pages with parameters; keys and codes can contain anything. */
function pathOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

export function rejectionGroupPath(
  code: string,
  query: { state?: string; source?: string | null; after?: string } = {},
): string {
  return pathOf(`/rejections/${encodeURIComponent(code)}`, query)
}

export function rejectionsPath(query: { source?: string | null }): string {
  return pathOf('/rejections', query)
}

export function objectsPath(query: {
  source?: string | null
  outcome?: string | null
  key?: string
  after?: string
}): string {
  return pathOf('/objects', query)
}

export function sessionsPath(query: {
  source?: string | null
  channel?: string
  day?: string | null
  after?: string
}): string {
  return pathOf('/sessions', query)
}

export function analyticsPath(
  query: Readonly<Record<'source' | 'channel' | 'from' | 'to' | 'chart' | 'format', string | null>>,
): string {
  return pathOf('/analytics', query)
}

export function sourcePath(source: string): string {
  return `/sources/${encodeURIComponent(source)}`
}

export function rejectionPath(id: string): string {
  return `/rejections/${encodeURIComponent(id)}`
}

/** `of`: an s3:// address, or SOURCE/call/ID. */
export function historyPath(of: string): string {
  return `/history?of=${encodeURIComponent(of)}`
}

/** What was rejected: an object by its address, or a message that names none. */
export function rejectedPlace(
  { bucket, objectKey, messageId }: RejectionRow,
  { message }: Texts['rejectionGroup'],
): string {
  if (bucket !== null) return `s3://${bucket}/${objectKey ?? ''}`
  return message(messageId)
}
