import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open } from 'node:fs/promises'

/** A folder or file that another user could have written. It must not be trusted. */
export class NotPrivateError extends Error {
  override readonly name = 'NotPrivateError'
  readonly code = 'not_private'
  readonly retryable = false
}

/**
 * Creates a folder that only this user can enter, with its parents, unless it exists.
 * @throws NotPrivateError if it exists and another user could write into it, and the errors of `mkdir`
 */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  requirePrivate(path, await lstat(path), 'folder')
}

/**
 * False if there is no such folder.
 * @throws NotPrivateError
 */
export async function isPrivateFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(ifMissing)
  if (stats === undefined) return false
  requirePrivate(path, stats, 'folder')
  return true
}

/**
 * The text of a file that only this user can read and write. Undefined if there is none. Checks the same file that it reads:
 * it does not follow links, and replacing the file in between has no effect.
 * @throws NotPrivateError
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (codeOf(error) === 'ELOOP') throw refuse(path, 'is a symbolic link')
    return ifMissing(error)
  })
  if (file === undefined) return undefined
  try {
    requirePrivate(path, await file.stat(), 'file')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes a new file that only this user can read. Rejects if the path exists, even as a link. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}

function requirePrivate(path: string, stats: Stats, kind: 'folder' | 'file'): void {
  if (stats.isSymbolicLink()) throw refuse(path, 'is a symbolic link')
  if (kind === 'folder' ? !stats.isDirectory() : !stats.isFile()) throw refuse(path, `is not a ${kind}`)
  const user = process.getuid?.()
  if (user !== undefined && stats.uid !== user) throw refuse(path, 'belongs to another user')
  if ((stats.mode & 0o077) !== 0) throw refuse(path, 'is open to other users')
}

function refuse(path: string, why: string): NotPrivateError {
  return new NotPrivateError(
    `${path} ${why}, so it is not trusted: remove it, or restrict it with chmod go= ${path}`,
  )
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
  throw error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
