import { type LocalFile, lookAtFile } from './local-file.ts'

/** Files that may still be written to. */
export type WaitingFiles = {
  has(path: string): boolean
  /** From now on, it has to stay unchanged. */
  add(file: LocalFile): void
  isFull(): boolean
  /** The files that have stayed unchanged for long enough. They no longer wait. */
  takeSettled(): Promise<LocalFile[]>
}

export type WaitingOptions = { settleMs: number; filesMax: number; nowMs(): number }

/**
 * A file is complete when two looks at this interval see the same. An upload that is not renamed at its end is written piece by
 * piece, and nothing else shows that the last piece has arrived.
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
      // A file that is gone or replaced is left to the next walk, which may find it under another name.
      waiting.delete(file.path)
      if (looked.kind === 'file') settled.push(file)
    }
    return settled
  }

  return { has: (path) => waiting.has(path), add, isFull: () => waiting.size >= filesMax, takeSettled }
}
