import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { keyProblem } from '@aftercall/storage/objects/object-key'
import type { Source } from '../sources/find-source.ts'

/** A regular file, as it was when it was looked at. */
export type LocalFile = {
  path: string
  /** Another one whenever the content may be another. */
  version: string
  /** Another one whenever anything was done to the file: also when it was renamed, or may be read now. */
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

/** What it means that a name which was just listed cannot be used. */
export function failureOf(path: string, error: unknown): Looked & { kind: 'gone' | 'unreadable' } {
  const code = errnoOf(error)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return { kind: 'unreadable', path, code }
  // Bytes that are no UTF-8 were read as U+FFFD, and no file is called that.
  return path.includes('\uFFFD') ? { kind: 'unreadable', path, code: 'name_not_utf8' } : { kind: 'gone' }
}

/** Throws what is no error of the system. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

/** Size and time of the last write, to the nanosecond: what copying tools go by, too. */
export function versionOf({ size, mtimeNs }: BigIntStats): string {
  return `${size}-${mtimeNs}`
}

function lookOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size}-${mtimeNs}-${ctimeNs}-${ino}`
}

/** With the source in it: a file that was loaded as another source's has to be loaded again. */
export function etagOf({ name }: Pick<Source, 'name'>, version: string): string {
  return `${name}-${version}`
}
