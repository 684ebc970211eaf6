import { type ColumnReader, readColumn } from '../tables/columns.ts'
import {
  type ChildTableSpec,
  columnIndex,
  isSourced,
  type SourcedColumn,
  type TableSpec,
} from '../tables/table-spec.ts'
import { indexTerms, type TermIndex } from '../vocabulary/find-term.ts'

/** A table's columns, arranged like the objects they are read from: the target of each key. */
export type ColumnTree = ReadonlyMap<string, KeyTarget>

export type KeyTarget = Leaf | Branch | BackReference | ArrayOfRows

/** A key that fills a column. */
export type Leaf = {
  kind: 'leaf'
  /** Index of the column in the row. */
  index: number
  /** With its table: `session.fail_reason`. */
  column: string
  read: ColumnReader
  terms: TermIndex | undefined
  /** Keys from the table's own object down. */
  path: readonly string[]
  /** All leaves of the column, including this one, the preferred one first. */
  aliases: readonly Leaf[]
  /** A separate bit for each column with aliases. 0 for a column without. */
  contest: number
}

/** A key of an inner object. `alone` is the column for a plain value in place of the object. */
type Branch = {
  kind: 'branch'
  path: readonly string[]
  tree: Map<string, KeyTarget>
  alone: Leaf | undefined
}

/** A key that repeats the session's own id. */
type BackReference = { kind: 'back-reference'; channel: string }

/** A key of an array with its own table. `takesText` if an element may be plain text. */
type ArrayOfRows = { kind: 'array-of-rows'; takesText: boolean }

type Beside = { backReferences?: readonly string[]; arraysOfRows?: readonly ChildTableSpec[] }

export function columnTree(table: TableSpec, { backReferences = [], arraysOfRows = [] }: Beside): ColumnTree {
  const tree = new Map<string, KeyTarget>()
  let contest = 1
  for (const column of table.columns.filter(isSourced)) {
    const hasAliases = column.paths.length > 1
    const index = columnIndex(table, column.name)
    const name = `${table.name}.${column.name}`
    for (const leaf of leavesOf(column, name, index, hasAliases ? contest : 0)) plant(tree, leaf, 0)
    if (hasAliases) contest *= 2
  }
  if (contest > 2 ** 31) throw new Error(`${table.name}: more than 31 columns have aliases`)
  for (const key of backReferences) {
    tree.set(key, { kind: 'back-reference', channel: key.replace(/_id$/, '') })
  }
  for (const { rowsFrom, textColumn } of arraysOfRows) {
    const takesText = textColumn !== undefined
    for (const { array } of rowsFrom) tree.set(array, { kind: 'array-of-rows', takesText })
  }
  return tree
}

function leavesOf(
  { kind, paths, vocabulary }: SourcedColumn,
  column: string,
  index: number,
  contest: number,
): Leaf[] {
  const aliases: Leaf[] = []
  const terms = vocabulary === undefined ? undefined : indexTerms(vocabulary)
  const read = readColumn[kind]
  for (const path of paths) {
    aliases.push({ kind: 'leaf', index, column, read, terms, path: path.split('.'), aliases, contest })
  }
  return aliases
}

function plant(tree: Map<string, KeyTarget>, leaf: Leaf, depth: number): void {
  const key = leaf.path[depth] ?? ''
  const there = tree.get(key)
  if (depth === leaf.path.length - 1) {
    if (there?.kind === 'branch' && there.alone === undefined) there.alone = leaf
    else if (there === undefined) tree.set(key, leaf)
    else throw new Error(`two columns read ${leaf.path.join('.')}`)
    return
  }
  if (there !== undefined && there.kind !== 'branch' && there.kind !== 'leaf')
    throw new Error(`${key} is both a list and an object`)
  const branch: Branch =
    there?.kind === 'branch'
      ? there
      : { kind: 'branch', path: leaf.path.slice(0, depth + 1), tree: new Map(), alone: there }
  tree.set(key, branch)
  plant(branch.tree, leaf, depth + 1)
}
