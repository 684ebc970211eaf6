import type { DriftRecorder } from '@aftercall/warehouse/drift-recorder'
import type { Settlement } from '@aftercall/warehouse/loader'

/** Counts what the stored documents hold that no column takes, and what else was odd about them. */
export function noteDrift(drift: DriftRecorder, { object, sessions, keepsOriginal }: Settlement): void {
  if (object === null) return
  const place = { bucket: object.bucket, objectKey: object.key }
  for (const { key, drift: found, unknownWords } of sessions) {
    const { source, channel } = key
    for (const { path, type } of found) drift.note({ source, channel, path, type, ...place })
    for (const unknown of unknownWords) drift.noteWord({ source, channel, ...unknown, ...place })
    if (keepsOriginal) drift.note({ source, channel, path: '*', type: 'unstorable value', ...place })
  }
}
