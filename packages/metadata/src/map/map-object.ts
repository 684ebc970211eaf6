import { isJsonObject, type JsonObject, setKey } from '../read/parse-json.ts'
import {
  type ColumnValue,
  isEmpty,
  type ReadContext,
  readColumn,
  readValue,
  unreadable,
} from '../tables/columns.ts'
import { instantOfMoment } from '../times/times.ts'
import { findTerm, type TermIndex } from '../vocabulary/find-term.ts'
import type { ColumnTree, KeyTarget, Leaf } from './column-tree.ts'
import type { UnknownWord } from './unknown-words.ts'

/** A row's values, in the order of the table's columns. Undefined is stored as null. */
export type Row = (ColumnValue | undefined)[]

/** Context for reading the objects of one document. */
export type ObjectContext = ReadContext & {
  sessionId: string
  /** The offset of the session's `created_at`, for times that have none of their own. */
  utcOffsetMinutes: number
  /** Called for each word that is not in its vocabulary, with its column. */
  onUnknownWord(unknown: UnknownWord): void
}

type Visit = {
  object: JsonObject
  row: Row
  /** Created only if there is something to keep. Most objects have nothing. */
  extra: JsonObject | undefined
  /** Bits of the filled columns with aliases. */
  filled: number
  /** Columns for which a second alias has a value. */
  contested: Set<readonly Leaf[]> | undefined
  context: ObjectContext
}

/**
 * Fills the row's columns from the object, and returns the values without a column, or that their column cannot hold, nested as
 * they were sent. Every key ends in a column or in the returned object (I6). Empty values (null, `[]`, `{}`) are dropped, and
 * arrays of rows are left to `mapChildren`, including a single row without its array.
 */
export function mapObject(
  row: Row,
  tree: ColumnTree,
  object: JsonObject,
  context: ObjectContext,
): JsonObject | undefined {
  const visit: Visit = { object, row, extra: undefined, filled: 0, contested: undefined, context }
  visitKeys(tree, object, [], visit)
  if (visit.contested !== undefined) for (const aliases of visit.contested) resolveContest(aliases, visit)
  return visit.extra
}

function visitKeys(tree: ColumnTree, object: JsonObject, inside: readonly string[], visit: Visit): void {
  for (const key in object) {
    const sent = object[key]
    if (isEmpty(sent)) continue
    const place = tree.get(key)
    if (place === undefined) {
      keep(visit, inside, key, sent)
    } else if (place.kind === 'leaf') {
      visitLeaf(place, sent, visit)
    } else if (place.kind === 'branch' && isJsonObject(sent)) {
      visitKeys(place.tree, sent, place.path, visit)
    } else if (place.kind === 'branch' && place.alone !== undefined) {
      visitLeaf(place.alone, sent, visit)
    } else if (!isMappedElsewhere(place, sent, visit.context)) {
      keep(visit, inside, key, sent)
    }
  }
}

function isMappedElsewhere(place: KeyTarget, sent: unknown, context: ObjectContext): boolean {
  if (place.kind === 'array-of-rows') return isRowOrRows(sent, place.takesText)
  if (place.kind !== 'back-reference' || place.channel !== context.channel) return false
  return String(readColumn['session-id'](sent, context)) === context.sessionId
}

/** A list, or the single element of a list without the list. */
export function isRowOrRows(sent: unknown, takesText: boolean): boolean {
  return Array.isArray(sent) || isJsonObject(sent) || (takesText && typeof sent === 'string')
}

function visitLeaf(leaf: Leaf, sent: unknown, visit: Visit): void {
  if ((leaf.contest & visit.filled) !== 0) {
    visit.contested ??= new Set()
    visit.contested.add(leaf.aliases)
    return
  }
  const value = readLeaf(leaf, sent, visit)
  if (value === null) return
  visit.row[leaf.index] = value
  visit.filled |= leaf.contest
}

/** The preferred alias fills the column. A different value under another alias is kept. */
function resolveContest(aliases: readonly Leaf[], visit: Visit): void {
  let winner: ColumnValue = null
  for (const leaf of aliases) {
    const sent = valueAt(visit.object, leaf.path)
    if (isEmpty(sent) || (isJsonObject(sent) && aliases.some((alias) => isInside(alias, leaf)))) continue
    const value = readLeaf(leaf, sent, visit)
    if (value === null) continue
    if (winner === null) {
      winner = value
      visit.row[leaf.index] = value
    } else if (!sameValue(winner, value, leaf)) {
      keepLeaf(visit, leaf, sent)
    }
  }
}

/** Whether the path of `inner` leads into an object at the path of `outer`. */
function isInside(inner: Leaf, outer: Leaf): boolean {
  return inner.path.length > outer.path.length && outer.path.every((key, depth) => key === inner.path[depth])
}

function valueAt(object: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), object)
}

/** Null for an empty value, and for a value that the column cannot hold, which is kept. */
function readLeaf(leaf: Leaf, sent: unknown, visit: Visit): ColumnValue {
  const read = readValue(leaf.read, sent, visit.context)
  if (read === unreadable) {
    keepLeaf(visit, leaf, sent)
    return null
  }
  return leaf.terms === undefined || typeof read !== 'string'
    ? read
    : termOf(leaf, leaf.terms, read, sent, visit)
}

/** The term that a word means. A spelling that differs from the term is kept (I6). */
function termOf(leaf: Leaf, terms: TermIndex, word: string, sent: unknown, visit: Visit): string {
  const found = findTerm(terms, visit.context.channel, word)
  if (found === undefined) {
    visit.context.onUnknownWord({ vocabulary: terms.vocabulary, column: leaf.column, word })
    return word
  }
  if (found.isAlias) keepLeaf(visit, leaf, sent)
  return found.term.value
}

function keepLeaf(visit: Visit, { path }: Leaf, sent: unknown): void {
  keep(visit, path.slice(0, -1), path.at(-1) ?? '', sent)
}

function keep(visit: Visit, inside: readonly string[], key: string, sent: unknown): void {
  visit.extra ??= {}
  let target = visit.extra
  for (const outer of inside) {
    const existing = target[outer]
    const next: JsonObject = isJsonObject(existing) ? existing : {}
    target[outer] = next
    target = next
  }
  setKey(target, key, sent)
}

/** An instant is a number or a text, depending on the form in which it was sent. */
function sameValue(one: ColumnValue, other: ColumnValue, { read }: Leaf): boolean {
  if (one === other) return true
  if (read === readColumn.time) return textOfMoment(one) === textOfMoment(other)
  return JSON.stringify(one) === JSON.stringify(other)
}

function textOfMoment(value: ColumnValue): unknown {
  return typeof value === 'number' ? instantOfMoment(value) : value
}
