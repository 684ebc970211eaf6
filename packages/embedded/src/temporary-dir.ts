import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findClosedFolder, type ServerIdentity } from './server-identity.ts'

/**
 * The first temporary folder of the system in which other users cannot replace our files, and which the server's user can
 * enter. Root's own may be closed.
 * @throws EmbeddedPostgresError if there is none.
 */
export async function findTemporaryDir(
  identity: ServerIdentity | undefined,
  candidates: string[] = [tmpdir(), '/tmp', '/var/tmp'],
): Promise<string> {
  for (const dir of candidates) {
    const stats = await stat(dir).catch(() => undefined)
    if (stats === undefined || !stats.isDirectory() || !keepsOwners(stats)) continue
    if (identity === undefined || (await findClosedFolder(dir, identity)) === undefined) return dir
  }
  const closed =
    identity === undefined
      ? ''
      : `Postgres refuses to run as root, so it runs as uid ${identity.uid}, which must be able to enter the folder. `
  throw new EmbeddedPostgresError(
    'unreachable-folder',
    `None of ${candidates.join(', ')} is safe for temporary files: another user could replace files in it, or it cannot ` +
      `be entered. ${closed}Set TMPDIR to a folder that every user may enter, but only its owner may write, or that has the ` +
      'sticky bit (chmod 1777).',
  )
}

/** A user who may write to a folder may rename all files in it, unless the folder has the sticky bit. */
function keepsOwners({ uid, mode }: Stats): boolean {
  const user = process.getuid?.()
  if (user !== undefined && uid !== 0 && uid !== user) return false
  return (mode & 0o022) === 0 || (mode & 0o1000) !== 0
}
