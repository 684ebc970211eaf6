import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { findUnloaded } from './find-unloaded.ts'
import { loadFiles } from './load-files.ts'
import type { LocalFile } from './local-file.ts'
import { type LocalLoad, pageSize } from './local-load.ts'
import { createSeenFiles, type SeenFiles } from './seen-files.ts'
import { createWaitingFiles, type WaitingFiles } from './waiting-files.ts'
import { walkFolder } from './walk-folder.ts'

export type WatchTimes = {
  /** How long a file has to stay unchanged before it is loaded. */
  settleMs: number
  /** From the end of one walk to the beginning of the next, unless the walk itself took longer. */
  everyMs: number
}

type Watch = LocalLoad & WatchTimes & { seen: SeenFiles; waiting: WaitingFiles }

const waitingMax = 10_000

/**
 * Loads files that arrive in a folder, until it is stopped. It walks the folder again and again, because network file systems do
 * not report changes, and looks at every file each time, because no time of a file says when it arrived: clocks differ, and
 * tools that copy files set them back. Files that are done are remembered in memory of a fixed size, and the ledger knows the
 * rest. Rejects with the stop signal's reason.
 */
export async function watchFolder(load: LocalLoad, folder: string, times: WatchTimes): Promise<void> {
  const { ingest, events, stopping } = load
  const waiting = createWaitingFiles({ ...times, filesMax: waitingMax, nowMs: () => performance.now() })
  const watch: Watch = { ...load, ...times, seen: createSeenFiles(), waiting }
  for (;;) {
    const startedAt = performance.now()
    events.passBegan()
    await findArrivals(watch, folder)
    await loadSettled(watch)
    // What cannot be counted now is counted the next time.
    await ingest.drift.flush().catch(() => {})
    await abortableWait(Math.max(times.everyMs, performance.now() - startedAt), stopping)
  }
}

async function findArrivals(watch: Watch, folder: string): Promise<void> {
  let page: LocalFile[] = []
  for await (const files of walkFolder(folder, watch.events)) {
    watch.stopping.throwIfAborted()
    page.push(...files.filter((file) => !watch.seen.has(file) && !watch.waiting.has(file.path)))
    if (page.length < pageSize) continue
    await judgeArrivals(watch, page)
    page = []
  }
  await judgeArrivals(watch, page)
}

/** Files that the ledger knows are done; the others wait. */
async function judgeArrivals(watch: Watch, arrivals: readonly LocalFile[]): Promise<void> {
  const { seen, waiting, settleMs, stopping } = watch
  const unloaded = await findUnloaded(watch, arrivals)
  const left = new Set(unloaded)
  for (const file of arrivals) if (!left.has(file)) seen.add(file)
  for (const file of unloaded) waiting.add(file)
  if (!waiting.isFull()) return
  // The folder held many files from the start: these are loaded now instead of after the whole walk.
  await abortableWait(settleMs, stopping)
  await loadSettled(watch)
}

async function loadSettled(watch: Watch): Promise<void> {
  const settled = await watch.waiting.takeSettled()
  for (let start = 0; start < settled.length; start += pageSize) {
    const page = settled.slice(start, start + pageSize)
    const ends = await loadFiles(watch, page)
    watch.stopping.throwIfAborted()
    page.forEach((file, position) => {
      const end = ends[position]
      // The next walk finds a failed file again, and one that was written to, because it looks different then.
      if (end !== 'failed' && end !== 'refused') watch.seen.add(file)
    })
  }
}
