import { type LocalFile, lookAtFile } from './local-file.ts'

/** Files that may still be written to. */
export type WaitingFiles = {
  has(path: string): boolean
  /** From now on it has to stay as it is. */
  add(file: LocalFile): void
  isFull(): boolean
  /** Those that have stayed as they were for long enough; they wait no longer. */
  takeSettled(): Promise<LocalFile[]>
}

export type WaitingOptions = { settleMs: number; filesMax: number; nowMs(): number }

/**
 * A file is whole when two looks, so far apart, see the same: uploads that are not renamed at their end are written
 * piece by piece, and nothing else tells when the last piece is there.
 */
export function createWaitingFiles({ settleMs, filesMax, nowMs }: WaitingOptions): WaitingFiles {
  const waiting = new Map<string, { file: LocalFile; sinceMs: number }>()

  function add(file: LocalFile): void {
    waiting.set(file.path, { file, sinceMs: nowMs() })
  }

  async function takeSettled(): Promise<LocalFile[]> {
    const due = [...waiting.values()].filter(({ sinceMs }) => nowMs() - sinceMs >= settleMs)
    const settled: LocalFile[] = []
    for (const { file } of due) {
      const looked = await lookAtFile(file.path)
      if (looked.kind === 'file' && looked.file.look !== file.look) {
        add(looked.file)
        continue
      }
      // What is gone, or is no file any more, the next walk passes by or finds under another name.
      waiting.delete(file.path)
      if (looked.kind === 'file') settled.push(file)
    }
    return settled
  }

  return { has: (path) => waiting.has(path), add, isFull: () => waiting.size >= filesMax, takeSettled }
}
