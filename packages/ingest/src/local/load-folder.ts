import { findUnloaded } from './find-unloaded.ts'
import { loadFiles } from './load-files.ts'
import type { LocalFile } from './local-file.ts'
import { type LocalLoad, pageSize } from './local-load.ts'
import { walkFolder } from './walk-folder.ts'

/** Loads the files of a folder that the ledger does not know. Rejects with the stop signal's reason if that fires. */
export async function loadFolder(load: LocalLoad, folder: string): Promise<void> {
  load.events.passBegan()
  let page: LocalFile[] = []
  for await (const files of walkFolder(folder, load.events)) {
    load.stopping.throwIfAborted()
    page.push(...files)
    if (page.length < pageSize) continue
    await loadPage(load, page)
    page = []
  }
  await loadPage(load, page)
}

async function loadPage(load: LocalLoad, page: readonly LocalFile[]): Promise<void> {
  for (let start = 0; start < page.length; start += pageSize) {
    await loadFiles(load, await findUnloaded(load, page.slice(start, start + pageSize)))
    load.stopping.throwIfAborted()
  }
}
