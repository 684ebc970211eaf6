import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** A file that is being written, and is not yet where readers look. */
export type SpoolFile = {
  path: string
  append(bytes: Uint8Array): Promise<void>
  /** Returns once all of it is on the disk. */
  finish(): Promise<{ bytes: number; sha256: string }>
  close(): Promise<void>
}

/** Replaces a file of that path. */
export async function openSpoolFile(path: string): Promise<SpoolFile> {
  const file: FileHandle = await open(path, 'w')
  const hash = createHash('sha256')
  let written = 0
  return {
    path,
    async append(bytes) {
      hash.update(bytes)
      await file.writeFile(bytes)
      written += bytes.byteLength
    },
    async finish() {
      await file.sync()
      return { bytes: written, sha256: hash.digest('hex') }
    },
    close: () => file.close(),
  }
}
