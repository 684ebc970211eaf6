import { open, rm } from 'node:fs/promises'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readOwnership } from '@aftercall/warehouse/erasure/erasure-record'
import type { PersonSelector } from '@aftercall/warehouse/erasure/person'
import { readSubject } from '@aftercall/warehouse/erasure/read-subject'
import { UsageError } from '../cli-context.ts'
import { NotOwnerError } from '../erase/not-owner-error.ts'

/** Writes one JSON a line to a new file of mode 0600. A file that is not whole is removed. Returns how many lines of each kind. */
export async function writeSubject(
  db: Database,
  selector: PersonSelector,
  path: string,
): Promise<Record<string, number>> {
  const { isOwner, login } = await readOwnership(db)
  if (!isOwner) throw new NotOwnerError(login)
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new UsageError(`--out: ${path} is there already`) : error
  })
  const counts: Record<string, number> = {}
  try {
    for await (const item of readSubject(db, selector)) {
      await file.write(`${JSON.stringify(item)}\n`)
      counts[item.kind] = (counts[item.kind] ?? 0) + 1
    }
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return counts
}
