import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findClosedFolder, type ServerIdentity } from './server-identity.ts'

/**
 * The first of the system's temporary folders that the server's user can enter. Root's own may be closed.
 * @throws EmbeddedPostgresError when all of them are.
 */
export async function findTemporaryDir(
  identity: ServerIdentity | undefined,
  candidates: string[] = [tmpdir(), '/tmp', '/var/tmp'],
): Promise<string> {
  for (const dir of candidates) {
    if (identity === undefined) return dir
    const stats = await stat(dir).catch(() => undefined)
    if (stats?.isDirectory() && (await findClosedFolder(dir, identity)) === undefined) return dir
  }
  throw new EmbeddedPostgresError(
    'unreachable-folder',
    `Postgres refuses to run as root, so it runs as uid ${identity?.uid}, and that user can enter none of ` +
      `${candidates.join(', ')}. Set TMPDIR to a folder that everyone may enter.`,
  )
}
