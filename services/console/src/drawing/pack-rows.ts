export type Extent = { x: number; width: number }

/**
 * Puts extents that would overlap into rows of their own: each gets the first row that is free at its place. Returns the row
 * of each, from 0, in the given order. What only touches stays in one row, as a wrap-up does behind its talk.
 */
export function packRows(extents: readonly Extent[]): number[] {
  const ends: number[] = []
  const rows = new Array<number>(extents.length).fill(0)
  const inOrder = extents
    .map((extent, index) => ({ ...extent, index }))
    .sort((one, other) => one.x - other.x || one.index - other.index)
  for (const { x, width, index } of inOrder) {
    const free = ends.findIndex((end) => end <= x)
    const row = free === -1 ? ends.length : free
    ends[row] = x + width
    rows[index] = row
  }
  return rows
}
