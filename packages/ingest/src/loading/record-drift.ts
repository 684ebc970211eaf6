import { setImmediate as nextTurn } from 'node:timers/promises'
import { clockDrift, driftOfFault } from '@aftercall/metadata/map/clock-drift'
import type { StorableSession } from '@aftercall/warehouse/encode-session'
import type { DriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import type { Notice } from '@aftercall/warehouse/load/loader'
import type { Documents } from '@aftercall/warehouse/load/settlement'

/** Sightings of drift that are counted in one turn of the event loop. An array of documents may have any number. */
const turnMax = 5_000

/** Most documents have nothing to count. */
export function hasDrift({ sessions, keepsOriginal }: Documents): boolean {
  return keepsOriginal || sessions.some(isOdd)
}

function isOdd({ drift, unknownWords, clockFaults }: StorableSession): boolean {
  return drift.length > 0 || unknownWords.length > 0 || clockFaults.length > 0
}

/** Counts fields and words of stored documents that the mapping does not know, and faults of their times. */
export async function recordDrift(
  drift: DriftRecorder,
  { object, sessions, keepsOriginal }: Documents,
): Promise<void> {
  const place = { bucket: object.bucket, objectKey: object.key }
  let counted = 0
  for (const { key, drift: found, unknownWords, clockFaults } of sessions) {
    counted += found.length + unknownWords.length
    if (counted > turnMax) {
      await nextTurn()
      counted = 0
    }
    const { source, channel } = key
    for (const { path, type } of [...found, ...clockFaults.map((fault) => driftOfFault[fault])])
      drift.note({ source, channel, path, type, ...place })
    for (const unknown of unknownWords) drift.noteWord({ source, channel, ...unknown, ...place })
    if (keepsOriginal) drift.note({ source, channel, path: '*', type: 'unstorable value', ...place })
  }
}

/** Makes a session visible that a wrong clock keeps from changing. */
export function recordSuperseded(
  drift: DriftRecorder,
  { source, channel, bucket, objectKey }: Omit<Notice, 'kind'>,
): void {
  const type = `${clockDrift}superseded by an older object`
  drift.note({ source, channel, path: '*', type, bucket, objectKey })
}
