import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { isEmpty } from '../tables/columns.ts'

/**
 * Whether the rows of an array are complete: nothing of it stayed in `extra`, except empty elements and exact repetitions of
 * elements that are rows. Otherwise the rows must not be counted or summed, because a partial sum is wrong.
 */
export function areAllRows(array: string, document: JsonObject, extra: JsonObject): boolean {
  const left = extra[array]
  if (left === undefined) return true
  const sent = document[array]
  if (!Array.isArray(left) || !Array.isArray(sent)) return false
  const leftover = left.filter((element) => !isEmpty(element))
  if (leftover.length === 0) return true
  const timesSent = countTexts(sent)
  return [...countTexts(leftover)].every(([text, times]) => times < (timesSent.get(text) ?? 0))
}

function countTexts(elements: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const element of elements) {
    const text = JSON.stringify(element)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}

/** The platform always sends arrays, so an absent array is empty (contract, section g, rule 6). Null if it is not a list. */
export function countElements(sent: unknown): number | null {
  if (Array.isArray(sent)) return sent.filter((element) => !isEmpty(element)).length
  if (isEmpty(sent)) return 0
  return isJsonObject(sent) ? 1 : null
}
