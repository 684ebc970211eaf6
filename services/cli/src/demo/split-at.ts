/** Splits an endless stream in order of time: first what is due until `atMs`, then all the rest. Read `before` to its end first. */
export function splitAt<T extends { atMs: number }>(
  stream: Iterator<T>,
  atMs: number,
): { before: Generator<T, void, void>; after: Generator<T, void, void> } {
  let next: T | undefined

  function* takeBefore(): Generator<T, void, void> {
    for (let read = stream.next(); read.done !== true; read = stream.next()) {
      if (read.value.atMs > atMs) {
        next = read.value
        return
      }
      yield read.value
    }
  }

  function* takeAfter(): Generator<T, void, void> {
    if (next !== undefined) yield next
    for (let read = stream.next(); read.done !== true; read = stream.next()) yield read.value
  }

  return { before: takeBefore(), after: takeAfter() }
}
