import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { loadListed } from '../bulk/load-listed.ts'
import type { Outcome } from '../outcome.ts'
import { failureOf, type LocalFile } from './local-file.ts'
import type { LocalLoad } from './local-load.ts'

/** How a file ended. `not-begun`: the stop signal fired before its end. */
export type FileEnd = Outcome['kind'] | 'refused' | 'not-begun'

/** Takes files through the path within the limit of the source. Resolves when all of them have ended. */
export async function loadFiles(load: LocalLoad, files: readonly LocalFile[]): Promise<FileEnd[]> {
  return Promise.all(files.map((file) => loadFile(load, file)))
}

async function loadFile(load: LocalLoad, { path }: LocalFile): Promise<FileEnd> {
  const { ingest, limit, source, events, stopping } = load
  // An unreadable file is refused right away: the path would try it for a minute, which helps with a store, not with a file.
  const refusal = await access(path, constants.R_OK).catch((error: unknown) => failureOf(path, error))
  if (refusal?.kind === 'unreadable') {
    events.refused(refusal.path, refusal.code)
    return 'refused'
  }
  try {
    const place = { bucket: source.bucket, key: path }
    const outcome = await loadListed({ ingest, limit, origin: 'Load' }, place, stopping)
    events.ended(path, outcome)
    return outcome.kind
  } catch (error) {
    if (stopping.aborted) return 'not-begun'
    throw error
  }
}
