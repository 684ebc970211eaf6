export type ForEachItemOptions = {
  /** How many are taken at the same time. */
  atOnce: number
  /** Nothing more is begun then; what is under way comes to its end. */
  stopping: AbortSignal
}

/** Takes everything on the pages, which are read only as fast as it goes. Rejects with the first failure, at the end. */
export async function forEachItem<Item>(
  pages: AsyncIterable<readonly Item[]>,
  { atOnce, stopping }: ForEachItemOptions,
  take: (item: Item) => Promise<void>,
): Promise<void> {
  const items = itemsOf(pages)
  const failed = new AbortController()
  const isOver = (): boolean => stopping.aborted || failed.signal.aborted
  async function walk(): Promise<void> {
    for (let next = await items.next(); next.done !== true && !isOver(); next = await items.next()) {
      await take(next.value)
    }
  }
  const walks = Array.from({ length: atOnce }, () => walk().catch((error: unknown) => failed.abort(error)))
  await Promise.all(walks)
  failed.signal.throwIfAborted()
}

async function* itemsOf<Item>(pages: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, void> {
  for await (const page of pages) yield* page
}
