import type { RowsToCopy } from '../copy/copy-rows.ts'
import { copiedTables, rowsOf } from '../copy/encode-session.ts'
import { documentRows } from './keep-documents.ts'
import { revisionRows } from './keep-revisions.ts'
import type { Keeping } from './raw-kept.ts'
import type { AcceptedHead } from './session-heads.ts'
import type { AcceptedRevision, SessionToStore } from './session-to-store.ts'
import type { Known } from './take-out.ts'

/** An accepted session, with what its head returned. */
export type ChangedSession = AcceptedHead & { one: SessionToStore }

/**
 * The most bytes and sessions that one query copies. A batch of many objects stays within them. An object of thousands of
 * documents may become 100 MB of rows, which must neither be in memory twice nor block the event loop.
 */
export const sliceBytesMax = 8_388_608
const sliceSessionsMax = 1_000

export type RowsInSlices = {
  /** Only rows that differ from the stored ones, encoded when a slice is taken. The rows of a session are never split. */
  slices: Generator<RowsToCopy[]>
  /** Rows of the slices taken so far, by table. */
  rowsByTable: ReadonlyMap<string, number>
}

export function rowsInSlices(
  changed: readonly ChangedSession[],
  known: ReadonlyMap<string, Known>,
  keeping: Keeping,
): RowsInSlices {
  const rowsByTable = new Map(copiedTables.map(({ name }) => [name as string, 0]))
  function* slices(): Generator<RowsToCopy[]> {
    for (const slice of inSlices(changed)) {
      yield [
        ...rowsToCopy(slice, rowsByTable),
        revisionRows(slice, known),
        documentRows(slice, known, keeping),
      ]
    }
  }
  return { slices: slices(), rowsByTable }
}

function* inSlices<One extends AcceptedRevision>(changed: readonly One[]): Generator<readonly One[]> {
  let from = 0
  let bytes = 0
  for (const [position, { one }] of changed.entries()) {
    const own = bytesOf(one)
    if (position > from && (bytes + own > sliceBytesMax || position - from >= sliceSessionsMax)) {
      yield changed.slice(from, position)
      from = position
      bytes = 0
    }
    bytes += own
  }
  if (from < changed.length) yield from === 0 ? changed : changed.slice(from)
}

function bytesOf({ session, originalContent }: SessionToStore): number {
  return session.rows.bytes.byteLength + session.text.length + (originalContent?.length ?? 0)
}

/** Rows that a new export repeats are not written again. */
function rowsToCopy(changed: readonly ChangedSession[], rowsByTable: Map<string, number>): RowsToCopy[] {
  return copiedTables.map(({ name, columns }, position) => {
    const written = changed.filter(
      ({ one, changedTables }) =>
        one.session.rows.counts[position] !== 0 && (name === 'session' || changedTables.includes(name)),
    )
    const rows = written.reduce((sum, { one }) => sum + (one.session.rows.counts[position] ?? 0), 0)
    rowsByTable.set(name, (rowsByTable.get(name) ?? 0) + rows)
    return { table: name, columns, pieces: written.map(({ one }) => rowsOf(one.session.rows, position)) }
  })
}
