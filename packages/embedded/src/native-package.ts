import { lstat, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { hasErrno } from './embedded-postgres-error.ts'
import { findClosedFolder, permits, type ServerIdentity } from './server-identity.ts'

/** A platform package of `@embedded-postgres`: binaries, libraries and data files below `native/`. */
export type NativePackage = {
  root: string
  /** Version of the package, for example `18.4.0-beta.17`. */
  version: string
}

/** Paths relative to the package's root. */
type LibraryLink = { source: string; target: string }

/**
 * npm packages cannot contain symbolic links, so the package creates them in an install script, which does not run everywhere
 * (`--ignore-scripts`, strict script rules).
 * @returns false if a link is missing and cannot be created here.
 */
export async function linkLibraries(root: string): Promise<boolean> {
  for (const link of await readLibraryLinks(root)) {
    const target = join(root, link.target)
    if ((await lstat(target).catch(() => undefined)) !== undefined) continue
    try {
      await symlink(relative(dirname(target), join(root, link.source)), target)
    } catch (error) {
      // Another process may start at the same time and have created it.
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

/** Whether the server's user can read and run the package. Our own user can, because it installed it. */
export async function canRunFrom(root: string, identity: ServerIdentity | undefined): Promise<boolean> {
  if (identity === undefined) return true
  const native = join(root, 'native')
  // A package is unpacked with one umask, so it is enough to check the folders with code and data.
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
