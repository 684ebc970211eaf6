import { dayOfKey } from '@aftercall/metadata/read/key-day'
import type { Listed } from './sync-status.ts'

/** What of a listing is meant. */
export type Choice = {
  /** From this instant on. */
  since?: Date | undefined
  /** Before this instant. */
  until?: Date | undefined
  /**
   * Which time counts: of the key's own day, where the layout has one; of the last modification; or `auto`, the first
   * where there is one, else the second. A copied bucket's modification times say nothing of the sessions.
   */
  datesFrom: 'auto' | 'key' | 'modified'
  /** Only keys that begin so. An inventory lists a whole bucket. */
  prefix: string
}

export type Chosen = 'wanted' | 'elsewhere' | 'too-early' | 'too-late' | 'undated'

/** Whether an object is meant, or which of the bounds leaves it out. */
export function choose(choice: Choice, object: Listed & { key: string }): Chosen {
  if (!object.key.startsWith(choice.prefix)) return 'elsewhere'
  const { since, until } = choice
  if (since === undefined && until === undefined) return 'wanted'
  const time = spanOf(choice, object)
  if (time === undefined) return 'undated'
  if (since !== undefined && time.endsAt <= since.getTime()) return 'too-early'
  if (until !== undefined && time.beginsAt >= until.getTime()) return 'too-late'
  return 'wanted'
}

const dayMs = 86_400_000

/** A key's day is meant if any instant of it (UTC) is; a modification is an instant. */
function spanOf(
  { datesFrom }: Choice,
  { key, lastModified }: Listed & { key: string },
): { beginsAt: number; endsAt: number } | undefined {
  const day = datesFrom === 'modified' ? null : dayOfKey(key)
  if (day !== null) {
    const beginsAt = Date.parse(`${day}T00:00:00Z`)
    return { beginsAt, endsAt: beginsAt + dayMs }
  }
  if (datesFrom === 'key' || lastModified === undefined) return undefined
  return { beginsAt: lastModified.getTime(), endsAt: lastModified.getTime() + 1 }
}
