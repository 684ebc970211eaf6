import type { Database } from '@aftercall/warehouse/connection/database'
import { saveShardPage } from '@aftercall/warehouse/ledger/backfill-runs'

export type PageNotes = {
  /** This many more of its objects have ended. */
  ended(objects: number): void
  /** No note is written after it resolves. */
  stop(): Promise<void>
}

export type NotedPage = { runId: string; shard: number; listed: number; ended: number }

/**
 * Notes how far a page is, for people who look at the run: when it begins and while its objects end, one write at a time. A
 * note that cannot be written is left out, because the position of the shard does not depend on it.
 */
export function notePage(
  db: Database,
  { runId, shard, listed, ended: endedBefore }: NotedPage,
  { everyMs = 2_000 } = {},
): PageNotes {
  let ended = endedBefore
  let written = -1
  let writing = write()
  const timer = setInterval(() => {
    writing = writing.then(write)
  }, everyMs)

  async function write(): Promise<void> {
    if (written === ended) return
    written = ended
    await saveShardPage(db, { runId, shard, listed, ended }).catch(() => {})
  }

  return {
    ended(objects) {
      ended = Math.min(listed, ended + objects)
    },
    async stop() {
      clearInterval(timer)
      await writing
    },
  }
}
