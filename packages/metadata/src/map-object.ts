import type { Channel } from './classify-document.ts'
import { type ColumnValue, type ReadContext, readColumn, saysNothing, unreadable } from './columns.ts'
import { emptyObject, isJsonObject, type JsonObject } from './parse-json.ts'
import { isSourced, type SourcedColumn, type TableSpec } from './table-spec.ts'
import { findTerm, indexTerms, type TermIndex } from './vocabulary/find-term.ts'

/** A row by column name. A column that is not there is null. */
export type Row = Record<string, ColumnValue>

export type MappedObject = {
  row: Row
  /** Whatever has no column, or has one that cannot hold it, nested as it was sent. */
  extra: JsonObject
}

/** What the objects of one document are read with. */
export type ObjectContext = ReadContext & {
  channel: Channel
  /** Called with a vocabulary's name for each word that it does not hold. */
  onUnknownWord(vocabulary: string): void
}

/** A table's columns arranged as the objects they are read from. */
export type ColumnTree = Map<string, ColumnTree | Leaf>
type Leaf = { column: SourcedColumn; rank: number; terms: TermIndex | undefined }

export function columnTree(table: TableSpec): ColumnTree {
  const tree: ColumnTree = new Map()
  for (const column of table.columns.filter(isSourced)) {
    const terms = column.vocabulary === undefined ? undefined : indexTerms(column.vocabulary)
    column.paths.forEach((path, rank) => {
      plant(tree, path.split('.'), { column, rank, terms })
    })
  }
  return tree
}

function plant(tree: ColumnTree, [key = '', ...rest]: string[], leaf: Leaf): void {
  const there = tree.get(key)
  if (rest.length === 0) {
    if (there !== undefined) throw new Error(`two columns read ${leaf.column.paths.join(', ')}`)
    tree.set(key, leaf)
    return
  }
  if (there !== undefined && !(there instanceof Map)) throw new Error(`${key} is both a value and an object`)
  const branch: ColumnTree = there ?? new Map()
  tree.set(key, branch)
  plant(branch, rest, leaf)
}

type Taken = { rank: number; key: string; extra: JsonObject; sent: unknown }
type Branch = { parent: JsonObject; key: string; rest: JsonObject }
type Visit = { row: Row; taken: Map<string, Taken>; branches: Branch[]; context: ObjectContext }

/** Every key of the object ends in a column or in `extra`; what says nothing (null, `[]`, `{}`) ends nowhere (I6). */
export function mapObject(tree: ColumnTree, object: JsonObject, context: ObjectContext): MappedObject {
  const visit: Visit = { row: {}, taken: new Map(), branches: [], context }
  const extra = mapKeys(tree, object, visit)
  // Only now is it known which of the inner objects have something left: a later alias may have sent a value back.
  for (const { parent, key, rest } of visit.branches.reverse()) if (saysNothing(rest)) delete parent[key]
  return { row: visit.row, extra }
}

function mapKeys(tree: ColumnTree, object: JsonObject, visit: Visit): JsonObject {
  const extra = emptyObject()
  for (const key of Object.keys(object)) {
    const sent = object[key]
    if (saysNothing(sent)) continue
    const node = tree.get(key)
    if (node === undefined) {
      extra[key] = sent
    } else if (!(node instanceof Map)) {
      fillColumn(node, key, sent, extra, visit)
    } else if (isJsonObject(sent)) {
      const rest = mapKeys(node, sent, visit)
      extra[key] = rest
      visit.branches.push({ parent: extra, key, rest })
    } else {
      extra[key] = sent
    }
  }
  return extra
}

/** Of several aliases the preferred one fills the column; another value under another alias is kept in `extra`. */
function fillColumn(leaf: Leaf, key: string, sent: unknown, extra: JsonObject, visit: Visit): void {
  const { column, rank } = leaf
  const read = readColumn[column.kind](sent, visit.context)
  if (read === unreadable) {
    extra[key] = sent
    return
  }
  if (read === null) return
  const value = termOf(leaf, read, key, sent, extra, visit)
  const before = visit.taken.get(column.name)
  if (before === undefined || rank < before.rank) {
    if (before !== undefined && !sameValue(visit.row[column.name], value))
      before.extra[before.key] = before.sent
    visit.row[column.name] = value
    if (column.paths.length > 1) visit.taken.set(column.name, { rank, key, extra, sent })
  } else if (!sameValue(visit.row[column.name], value)) {
    extra[key] = sent
  }
}

/** The term that a word means. A spelling that the term does not tell any more is kept in `extra` (I6). */
function termOf(
  { terms }: Leaf,
  read: ColumnValue,
  key: string,
  sent: unknown,
  extra: JsonObject,
  { context }: Visit,
): ColumnValue {
  if (terms === undefined || typeof read !== 'string') return read
  const found = findTerm(terms, context.channel, read)
  if (found === undefined) {
    context.onUnknownWord(terms.vocabulary)
    return read
  }
  if (found.isAlias) extra[key] = sent
  return found.term.value
}

function sameValue(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
