import { type DocumentKeyCode, DocumentKeyError } from '../sealing/document-key-error.ts'
import type { ContentName } from '../sealing/seal-bytes.ts'
import type { Finding, PersonOpener } from './open-once.ts'

/** How many encrypted contents could not be read for one reason. */
export type Unreadable = { code: DocumentKeyCode; message: string; count: number }

export type CountingOpener = {
  /** Undefined, and counted, if it cannot be read because of its key. */
  open(sealed: Buffer, name: ContentName): Promise<Buffer | undefined>
  /** What cannot be read counts as `nothing`. */
  judge(sealed: Buffer, name: ContentName, find: (content: Buffer) => Finding): Promise<Finding>
  unreadable(): Unreadable[]
}

export function createCountingOpener(opener: PersonOpener): CountingOpener {
  const counted: Unreadable[] = []
  const count = (error: unknown): undefined => {
    if (!(error instanceof DocumentKeyError)) throw error
    const { code, message } = error
    addOne(counted, { code, message, count: 1 })
  }
  return {
    open: (sealed, name) => opener.open(sealed, name).catch(count),
    judge: async (sealed, name, find) => (await opener.judge(sealed, name, find).catch(count)) ?? 'nothing',
    unreadable: () => counted,
  }
}

export function sumUnreadable(lists: readonly (readonly Unreadable[])[]): Unreadable[] {
  const sum: Unreadable[] = []
  for (const one of lists.flat()) addOne(sum, one)
  return sum
}

function addOne(sum: Unreadable[], one: Unreadable): void {
  const same = sum.find(({ code, message }) => code === one.code && message === one.message)
  if (same === undefined) sum.push({ ...one })
  else same.count += one.count
}

/** Without those whose data key was deleted: they cannot be read any more (docs/encryption.md). */
export function readableWithKeys(unreadable: readonly Unreadable[]): Unreadable[] {
  return unreadable.filter(({ code }) => code !== 'data_key_missing')
}

/** Encrypted contents may name the person, and their keys are not there. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
  readonly code = 'erasure_contents_unreadable'
  readonly retryable = false
  /** `toGoOn`: what to do if the keys are gone. */
  constructor(unreadable: readonly Unreadable[], toGoOn: string) {
    const count = unreadable.reduce((sum, one) => sum + one.count, 0)
    const why = unreadable.map((one) => `${one.count}: ${one.message}`).join('; ')
    super(
      `${count} encrypted documents or rejections cannot be read, and may name the person (${why}); nothing was done. Correct encryption.keys, or ${toGoOn}`,
    )
  }
}

/** @throws UnreadableError */
export function requireReadable(unreadable: readonly Unreadable[], toGoOn: string): void {
  const withKeys = readableWithKeys(unreadable)
  if (withKeys.length > 0) throw new UnreadableError(withKeys, toGoOn)
}
