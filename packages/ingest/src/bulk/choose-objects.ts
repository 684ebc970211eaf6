import { dayOfKey } from '@aftercall/metadata/read/key-day'
import type { Listed } from './sync-status.ts'

/** Which objects of a listing to load. */
export type Choice = {
  /** From this instant on, inclusive. */
  since?: Date | undefined
  /** Before this instant. */
  until?: Date | undefined
  /**
   * Which time counts. `key`: the day in the key, where the layout has one; `modified`: the last modification; `auto`: the
   * first where there is one, else the second. Modification times of a copied bucket say nothing about its sessions.
   */
  datesFrom: 'auto' | 'key' | 'modified'
  /** Only keys that begin with it. An inventory lists a whole bucket. */
  prefix: string
}

export type Chosen = 'wanted' | 'elsewhere' | 'too-early' | 'too-late' | 'undated'

/** Whether an object is chosen, or which bound leaves it out. */
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

/** A day (UTC) is chosen if any instant of it is; a modification is an instant. */
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
