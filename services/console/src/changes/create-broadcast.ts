export type Broadcast = {
  /** Calls `tell` at each change from now on, and once for what is known already. Returns how to end it. */
  follow(tell: () => void): () => void
}

/** What is read after a failure. Pages have to be refreshed then, too, to show why. */
const failed = 'failed'

/**
 * Reads at an interval while anyone follows, and tells all followers when the answer is another one. So the database is asked
 * as often for a hundred followers as for one, and never without any.
 */
export function createBroadcast(read: () => Promise<string>, { everyMs = 1_000 } = {}): Broadcast {
  const followers = new Set<() => void>()
  let last: string | undefined
  let isPolling = false

  async function poll(): Promise<void> {
    isPolling = true
    const found = await read().catch(() => failed)
    if (found !== last) {
      last = found
      for (const tell of followers) tell()
    }
    isPolling = followers.size > 0
    if (isPolling) setTimeout(() => void poll(), everyMs).unref()
  }

  return {
    follow(tell) {
      followers.add(tell)
      if (last !== undefined) tell()
      if (!isPolling) void poll()
      return () => void followers.delete(tell)
    },
  }
}
