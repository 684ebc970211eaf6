import { setImmediate as nextTurn } from 'node:timers/promises'
import { clockDrift, driftOfFault } from '@aftercall/metadata/map/clock-drift'
import type { DriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import type { Notice } from '@aftercall/warehouse/load/loader'
import type { Documents } from '@aftercall/warehouse/load/settlement'

/** An array of documents may have any number of sightings; so many are counted in one turn of the event loop. */
const turnMax = 5_000

/** Counts what the stored documents hold that no column takes, and what else was odd about them. */
export async function noteDrift(
  drift: DriftRecorder,
  { object, sessions, keepsOriginal }: Documents,
): Promise<void> {
  const place = { bucket: object.bucket, objectKey: object.key }
  let noted = 0
  for (const { key, drift: found, unknownWords, clockFaults } of sessions) {
    noted += found.length + unknownWords.length
    if (noted > turnMax) {
      await nextTurn()
      noted = 0
    }
    const { source, channel } = key
    for (const { path, type } of [...found, ...clockFaults.map((fault) => driftOfFault[fault])])
      drift.note({ source, channel, path, type, ...place })
    for (const unknown of unknownWords) drift.noteWord({ source, channel, ...unknown, ...place })
    if (keepsOriginal) drift.note({ source, channel, path: '*', type: 'unstorable value', ...place })
  }
}

/** So that a session that a wrong clock keeps from changing shows in the counts, too. */
export function noteSuperseded(
  drift: DriftRecorder,
  { source, channel, bucket, objectKey }: Omit<Notice, 'kind'>,
): void {
  const type = `${clockDrift}superseded by an older object`
  drift.note({ source, channel, path: '*', type, bucket, objectKey })
}
