import type { exitCodes } from '../cli-context.ts'
import type { RawReplayReport } from './replay-raw.ts'

/** The summary of mapping stored sessions again. */
export function formatSessions({
  sessions,
  mapped,
  withoutDocument,
  rejected,
  unreadable,
  failed,
}: RawReplayReport): string {
  if (sessions === 0) return 'Nothing to do: this release has already mapped every matching session.'
  return [
    `Mapped ${mapped} of ${sessions} sessions again.`,
    ...(withoutDocument === 0
      ? []
      : [`${withoutDocument} have no kept document (raw: none): replay their objects from the bucket.`]),
    ...(rejected === 0 ? [] : [`${rejected} can no longer be mapped: their rows are unchanged.`]),
    ...(unreadable === 0
      ? []
      : [
          `${unreadable} are encrypted by a key that is not there: their rows are unchanged (docs/encryption.md).`,
        ]),
    ...(failed === 0 ? [] : [`${failed} failed in the database: run it again.`]),
  ].join('\n')
}

export function exitOfSessions({
  withoutDocument,
  rejected,
  unreadable,
  failed,
}: RawReplayReport): keyof typeof exitCodes {
  return withoutDocument + rejected + unreadable + failed > 0 ? 'doneInPart' : 'done'
}
