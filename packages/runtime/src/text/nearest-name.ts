/** The name that `written` was probably meant to be. Undefined if none is similar. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: countEdits(plain(written), plain(name)) }))
    .filter(({ name, edits }) => edits <= Math.min(2, Math.floor(name.length / 2)))
    .sort((left, right) => left.edits - right.edits)
  return ranked[0]?.name
}

/** `in_flight`, `in-flight`, and `INFLIGHT` all mean `inFlight`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

/** The number of letters to insert, remove, replace, or swap with their neighbor. */
function countEdits(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= from.length; row++) {
    const edits = [row]
    for (let column = 1; column <= to.length; column++) {
      edits.push(editsAt(row, column, edits))
    }
    rows.push(edits)
  }
  return at(from.length, to.length)

  function editsAt(row: number, column: number, current: number[]): number {
    const replaced = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
    const removed = at(row - 1, column) + 1
    const inserted = (current[column - 1] ?? 0) + 1
    const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
    const swapped = row > 1 && column > 1 && isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY
    return Math.min(replaced, removed, inserted, swapped)
  }

  function at(row: number, column: number): number {
    return rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  }
}
