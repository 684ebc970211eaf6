import type { exitCodes } from '../cli-context.ts'
import type { ReplayReport } from './replay-raw.ts'

/** How mapping stored sessions again has ended. */
export function formatSessions({
  sessions,
  mapped,
  withoutDocument,
  rejected,
  failed,
}: ReplayReport): string {
  if (sessions === 0)
    return 'nothing to do: every session that was meant is mapped by the rules of this release'
  return [
    `${mapped} of ${sessions} sessions mapped again`,
    ...(withoutDocument === 0
      ? []
      : [`${withoutDocument} have no kept document (raw: none): load their objects again`]),
    ...(rejected === 0 ? [] : [`${rejected} cannot be mapped any more: their rows stay as they are`]),
    ...(failed === 0 ? [] : [`${failed} were not taken by the database: run it again`]),
  ].join('\n')
}

export function exitOfSessions({ withoutDocument, rejected, failed }: ReplayReport): keyof typeof exitCodes {
  return withoutDocument + rejected + failed > 0 ? 'doneInPart' : 'done'
}
