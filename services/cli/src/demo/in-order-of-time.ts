const sliceMs = 250

type Timed = { atMs: number }

/** Things that are due at some time, none of them earlier than `fromMs`. */
export type TimedBatch<T extends Timed> = { fromMs: number; items: readonly T[] }

/**
 * Sorts an endless stream by time. Batches ascend by `fromMs`, though an item may be due days later. What is due is kept by
 * slices of time, so that each item costs the same.
 */
export function* inOrderOfTime<T extends Timed>(batches: Iterable<TimedBatch<T>>): Generator<T, void, void> {
  const slices = new Map<number, T[]>()
  let current = 0

  function add(item: T): void {
    const slice = Math.max(current, Math.floor(item.atMs / sliceMs))
    const items = slices.get(slice)
    if (items === undefined) slices.set(slice, [item])
    else items.push(item)
  }

  function take(slice: number): T[] {
    const items = slices.get(slice) ?? []
    slices.delete(slice)
    return items.sort((one, other) => one.atMs - other.atMs)
  }

  for (const { fromMs, items } of batches) {
    for (; current < Math.floor(fromMs / sliceMs); current += 1) yield* take(current)
    for (const item of items) add(item)
  }
  for (const slice of [...slices.keys()].sort((one, other) => one - other)) yield* take(slice)
}
