import type { Stats } from 'node:fs'
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { hasErrno } from './embedded-postgres-error.ts'

/** The user for a Postgres process, because Postgres refuses to run as root. */
export type ServerIdentity = { uid: number; gid: number }

/**
 * Undefined if the server can run as our own user. As root: the owner of an existing cluster, so that its files keep their owner,
 * and `nobody` for a new one.
 */
export async function findServerIdentity(dataDir?: string): Promise<ServerIdentity | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const existing = dataDir && (await stat(resolve(dataDir, 'PG_VERSION')).catch(() => undefined))
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid }
  return nobodyOf(await readFile('/etc/passwd', 'utf8').catch(() => ''))
}

/** The ids of `nobody` in the text of a passwd file. 65534, the usual value, if it has none. */
export function nobodyOf(passwd: string): ServerIdentity {
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    // macOS has -2, but file ownership needs the same 32 bits unsigned.
    if (name === 'nobody' && uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
  }
  return { uid: 65534, gid: 65534 }
}

/** Options for `spawn`, which needs the ids as signed numbers. */
export function spawnAs(identity: ServerIdentity | undefined): { uid?: number; gid?: number } {
  return identity === undefined ? {} : { uid: identity.uid | 0, gid: identity.gid | 0 }
}

/** The outermost folder on the path to an existing folder, including itself, that this user cannot enter. */
export async function findClosedFolder(path: string, identity: ServerIdentity): Promise<string | undefined> {
  const folders: string[] = []
  for (let folder = await realpath(path); ; folder = dirname(folder)) {
    folders.unshift(folder)
    if (folder === dirname(folder)) break
  }
  for (const folder of folders) {
    if (!permits(await stat(folder), identity, 0o1)) return folder
  }
  return undefined
}

/** Whether the mode grants this user all of `bits` (4 read, 2 write, 1 execute or enter). */
export function permits(stats: Stats, identity: ServerIdentity, bits: number): boolean {
  const shift = stats.uid === identity.uid ? 6 : stats.gid === identity.gid ? 3 : 0
  return ((stats.mode >> shift) & bits) === bits
}

/**
 * Creates a folder and its missing parents. As root, lets the server's user enter the new folders, which a strict umask would
 * prevent. Existing folders are not changed.
 */
export async function makeEnterableFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined || process.getuid?.() !== 0) return
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    await chmod(folder, 0o711).catch((error: unknown) => {
      if (!hasErrno(error, 'EPERM', 'EROFS')) throw error
    })
    if (folder === resolve(first) || folder === dirname(folder)) return
  }
}
