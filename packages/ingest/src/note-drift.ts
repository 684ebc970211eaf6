import { clockDrift, driftOfFault } from '@aftercall/metadata/judge-times'
import type { DriftRecorder } from '@aftercall/warehouse/drift-recorder'
import type { Notice, Settlement } from '@aftercall/warehouse/loader'

/** Counts what the stored documents hold that no column takes, and what else was odd about them. */
export function noteDrift(drift: DriftRecorder, { object, sessions, keepsOriginal }: Settlement): void {
  if (object === null) return
  const place = { bucket: object.bucket, objectKey: object.key }
  for (const { key, drift: found, unknownWords, clockFaults } of sessions) {
    const { source, channel } = key
    for (const { path, type } of [...found, ...clockFaults.map((fault) => driftOfFault[fault])])
      drift.note({ source, channel, path, type, ...place })
    for (const vocabulary of unknownWords) {
      drift.note({ source, channel, path: '*', type: `word unknown to ${vocabulary}`, ...place })
    }
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
