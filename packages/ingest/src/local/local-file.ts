import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { keyProblem } from '@aftercall/storage/objects/object-key'
import type { Source } from '../sources/find-source.ts'

/** A regular file at the time of a look. */
export type LocalFile = {
  path: string
  /** Changes whenever the content may have changed. */
  version: string
  /** Changes whenever anything about the file changes, such as its name or its permissions. */
  look: string
}

export type Looked =
  | { kind: 'file'; file: LocalFile }
  /** A folder, a link, a pipe or a device. */
  | { kind: 'no-file' }
  | { kind: 'gone' }
  | { kind: 'unreadable'; path: string; code: string }

/** Never follows a link: in a folder that others write to, it could lead anywhere. */
export async function lookAtFile(path: string): Promise<Looked> {
  if (keyProblem(path) !== undefined) return { kind: 'unreadable', path, code: 'path_too_long' }
  try {
    const stats = await lstat(path, { bigint: true })
    if (!stats.isFile()) return { kind: 'no-file' }
    return { kind: 'file', file: { path, version: versionOf(stats), look: lookOf(stats) } }
  } catch (error) {
    return failureOf(path, error)
  }
}

/** Why a name that was just listed cannot be used. */
export function failureOf(path: string, error: unknown): Looked & { kind: 'gone' | 'unreadable' } {
  const code = errnoOf(error)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return { kind: 'unreadable', path, code }
  // Bytes that are no UTF-8 were read as U+FFFD, and no file has that name.
  return path.includes('\uFFFD') ? { kind: 'unreadable', path, code: 'name_not_utf8' } : { kind: 'gone' }
}

/** The code of a system error. Throws any other error. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

/** Size and time of the last write, to the nanosecond, as tools that copy files use them. */
export function versionOf({ size, mtimeNs }: BigIntStats): string {
  return `${size}-${mtimeNs}`
}

function lookOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size}-${mtimeNs}-${ctimeNs}-${ino}`
}

/** Contains the source, because a file that was loaded for another source has to be loaded again. */
export function etagOf({ name }: Pick<Source, 'name'>, version: string): string {
  return `${name}-${version}`
}
