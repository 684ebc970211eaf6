import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findClosedFolder, type ServerIdentity } from './server-identity.ts'

/**
 * The first of the system's temporary folders in which other users cannot exchange what we make, and which the server's
 * user can enter. Root's own may be closed.
 * @throws EmbeddedPostgresError when none of them is.
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
    `None of ${candidates.join(', ')} can hold temporary files: another user could exchange what is in it, or it cannot ` +
      `be entered. ${closed}Set TMPDIR to a folder that everyone may enter and only its user, or with the sticky bit ` +
      'everyone (chmod 1777), may write.',
  )
}

/** Who may write a folder may rename what is in it, whosever that is, unless the folder has the sticky bit. */
function keepsOwners({ uid, mode }: Stats): boolean {
  const user = process.getuid?.()
  if (user !== undefined && uid !== 0 && uid !== user) return false
  return (mode & 0o022) === 0 || (mode & 0o1000) !== 0
}
