import { createBoundedTasks } from '@aftercall/runtime/limits/bounded-tasks'

export type ForEachItemOptions = {
  inFlightMax: number
  /** Nothing more begins after it fires; what is in flight ends. */
  stopping: AbortSignal
}

/**
 * Works on every item of the pages, and reads a page only when the one before is used up. After a failure nothing more
 * begins; once what is in flight has ended, rejects with the first failure.
 */
export async function forEachItem<Item>(
  pages: AsyncIterable<readonly Item[]>,
  { inFlightMax, stopping }: ForEachItemOptions,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const tasks = createBoundedTasks(inFlightMax)
  try {
    for await (const page of pages) {
      for (const item of page) {
        // It may fire while the item waits for its turn.
        await tasks.start(() => (stopping.aborted ? Promise.resolve() : work(item)))
        if (stopping.aborted) return
      }
    }
  } finally {
    await tasks.finish()
  }
}
