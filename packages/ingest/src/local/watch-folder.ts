import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { findUnloaded } from './find-unloaded.ts'
import { loadFiles } from './load-files.ts'
import type { LocalFile } from './local-file.ts'
import { type LocalLoad, pageSize } from './local-load.ts'
import { createSeenFiles, type SeenFiles } from './seen-files.ts'
import { createWaitingFiles, type WaitingFiles } from './waiting-files.ts'
import { walkFolder } from './walk-folder.ts'

export type WatchTimes = {
  /** How long a file has to stay as it is before it is taken. */
  settleMs: number
  /** From the end of one walk to the beginning of the next, unless the walk itself took longer. */
  everyMs: number
}

type Watch = LocalLoad & WatchTimes & { seen: SeenFiles; waiting: WaitingFiles }

const waitingMax = 10_000

/**
 * Loads what comes into a folder, until it is stopped. It walks the folder over and over, because file systems of other
 * machines tell nobody of changes, and looks at every file every time, because none of the times a file carries tells
 * when it came here: clocks differ, and tools that copy set them back. What is done with is remembered, as far as memory
 * of a fixed size goes, and the ledger knows the rest. Rejects with the stop signal's reason.
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
    // What is not counted now is counted with the next.
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

/** What the ledger knows is done with; the rest waits. */
async function judgeArrivals(watch: Watch, arrivals: readonly LocalFile[]): Promise<void> {
  const { seen, waiting, settleMs, stopping } = watch
  const unloaded = await findUnloaded(watch, arrivals)
  const left = new Set(unloaded)
  for (const file of arrivals) if (!left.has(file)) seen.add(file)
  for (const file of unloaded) waiting.add(file)
  if (!waiting.isFull()) return
  // A folder that was full before we came: its files are taken on the way, instead of all of them at its end.
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
      // The next walk finds what failed again; and what was written to since, because it looks different then.
      if (end !== 'failed' && end !== 'refused') watch.seen.add(file)
    })
  }
}
