import { open, rm } from 'node:fs/promises'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readOwnership } from '@aftercall/warehouse/erasure/erasure-record'
import type { PersonSelector } from '@aftercall/warehouse/erasure/person'
import { readSubject } from '@aftercall/warehouse/erasure/read-subject'
import { requireReadable, type Unreadable } from '@aftercall/warehouse/erasure/unreadable'
import type { Opener } from '@aftercall/warehouse/sealing/create-opener'
import { UsageError } from '../cli-context.ts'
import { NotOwnerError } from '../erase/not-owner-error.ts'

export type SubjectRequest = {
  selector: PersonSelector
  path: string
  opener: Opener
  /** Writes the file although something encrypted cannot be read. */
  skipsUnreadable: boolean
}

/**
 * Writes one JSON a line to a new file of mode 0600. A file that is not whole is removed. Returns how many lines of each kind,
 * and what could not be read.
 * @throws UnreadableError
 */
export async function writeSubject(
  db: Database,
  { selector, path, opener, skipsUnreadable }: SubjectRequest,
): Promise<{ counts: Record<string, number>; unreadable: Unreadable[] }> {
  const { isOwner, login } = await readOwnership(db)
  if (!isOwner) throw new NotOwnerError(login)
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new UsageError(`--out: ${path} is there already`) : error
  })
  const counts: Record<string, number> = {}
  let unreadable: Unreadable[] = []
  try {
    for await (const item of readSubject(db, selector, opener)) {
      if (item.kind === 'unreadable') {
        unreadable = item.unreadable
        continue
      }
      await file.write(`${JSON.stringify(item)}\n`)
      counts[item.kind] = (counts[item.kind] ?? 0) + 1
    }
    if (!skipsUnreadable) requireReadable(unreadable, 'go on without them: --skip-unreadable')
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return { counts, unreadable }
}
