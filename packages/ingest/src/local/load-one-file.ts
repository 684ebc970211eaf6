import { findUnloaded } from './find-unloaded.ts'
import { loadFiles } from './load-files.ts'
import { lookAtFile } from './local-file.ts'
import type { LocalLoad } from './local-load.ts'

/** Loads a named file, even one with a temporary name, unless the ledger knows it as it is. */
export async function loadOneFile(load: LocalLoad, path: string): Promise<void> {
  const looked = await lookAtFile(path)
  switch (looked.kind) {
    case 'file':
      await loadFiles(load, await findUnloaded(load, [looked.file]))
      return load.stopping.throwIfAborted()
    case 'unreadable':
      return load.events.unreadable(looked.path, looked.code)
    case 'no-file':
      return load.events.notFile()
    case 'gone':
      return load.events.ended(path, { kind: 'missing' })
  }
}
