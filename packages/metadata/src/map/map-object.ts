import { isJsonObject, type JsonObject, setKey } from '../read/parse-json.ts'
import {
  type ColumnValue,
  type ReadContext,
  readColumn,
  readValue,
  saysNothing,
  unreadable,
} from '../tables/columns.ts'
import { instantOfMoment } from '../times/times.ts'
import { findTerm, type TermIndex } from '../vocabulary/find-term.ts'
import type { ColumnTree, KeyTarget, Leaf } from './column-tree.ts'
import type { UnknownWord } from './unknown-words.ts'

/** A row's values, in the order of the table's columns. What is undefined was not said; it is null, too. */
export type Row = (ColumnValue | undefined)[]

/** What the objects of one document are read with. */
export type ObjectContext = ReadContext & {
  sessionId: string
  /** Called for each word that its vocabulary does not hold, with the column that it is in. */
  onUnknownWord(unknown: UnknownWord): void
}

type Visit = {
  object: JsonObject
  row: Row
  /** Made when there is something to keep: most objects have nothing. */
  extra: JsonObject | undefined
  /** Bits of the columns with aliases that are filled. */
  filled: number
  /** Columns that a second alias wants to fill, too. */
  contested: Set<readonly Leaf[]> | undefined
  context: ObjectContext
}

/**
 * Fills the row's columns from the object, and answers with whatever has no column, or has one that cannot hold it,
 * nested as it was sent. Every key ends in a column or there; what says nothing (null, `[]`, `{}`) ends nowhere, and arrays
 * of rows are for `mapChildren`, also where a single one stands without its array (I6).
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
    if (saysNothing(sent)) continue
    const place = tree.get(key)
    if (place === undefined) {
      keep(visit, inside, key, sent)
    } else if (place.kind === 'leaf') {
      visitLeaf(place, sent, visit)
    } else if (place.kind === 'branch' && isJsonObject(sent)) {
      visitKeys(place.tree, sent, place.path, visit)
    } else if (place.kind === 'branch' && place.alone !== undefined) {
      visitLeaf(place.alone, sent, visit)
    } else if (!isSaidElsewhere(place, sent, visit.context)) {
      keep(visit, inside, key, sent)
    }
  }
}

function isSaidElsewhere(place: KeyTarget, sent: unknown, context: ObjectContext): boolean {
  if (place.kind === 'array-of-rows') return isRowOrRows(sent, place.takesText)
  if (place.kind !== 'back-reference' || place.channel !== context.channel) return false
  return String(readColumn['session-id'](sent, context)) === context.sessionId
}

/** A list, or the one element of a list without the list around it. */
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

/** Of several aliases the preferred one fills the column; another value under another alias is kept. */
function resolveContest(aliases: readonly Leaf[], visit: Visit): void {
  let winner: ColumnValue = null
  for (const leaf of aliases) {
    const sent = valueAt(visit.object, leaf.path)
    if (saysNothing(sent) || (isJsonObject(sent) && aliases.some((one) => isInside(one, leaf)))) continue
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

/** Whether the one is read from inside an object that stands where the other is a value alone. */
function isInside(one: Leaf, other: Leaf): boolean {
  return one.path.length > other.path.length && other.path.every((key, depth) => key === one.path[depth])
}

function valueAt(object: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), object)
}

/** Null for what says nothing, and for what the column cannot hold, which is kept. */
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

/** The term that a word means. A spelling that the term does not tell any more is kept (I6). */
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
  let place = visit.extra
  for (const outer of inside) {
    const there = place[outer]
    const next: JsonObject = isJsonObject(there) ? there : {}
    place[outer] = next
    place = next
  }
  setKey(place, key, sent)
}

/** An instant is a number or a text, by the form in which it was sent. */
function sameValue(one: ColumnValue, other: ColumnValue, { read }: Leaf): boolean {
  if (one === other) return true
  if (read === readColumn.time) return textOfMoment(one) === textOfMoment(other)
  return JSON.stringify(one) === JSON.stringify(other)
}

function textOfMoment(value: ColumnValue): unknown {
  return typeof value === 'number' ? instantOfMoment(value) : value
}
