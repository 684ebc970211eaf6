import { realpath, stat } from 'node:fs/promises'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { UsageError } from '../cli-context.ts'

/** What to load. Paths are real paths, so a file is one row of the ledger even if it is reached through links. */
export type LoadPlace = { kind: 'stdin' } | { kind: 'file' | 'folder'; path: string }

/** Throws a `UsageError` if it is neither a file, a folder, nor `-`. */
export async function readLoadPlace(text: string): Promise<LoadPlace> {
  if (text === '-') return { kind: 'stdin' }
  const found = await stat(text).catch((error: unknown) => {
    if (isMissing(error)) throw new UsageError(`no such file or folder: ${text}`)
    throw new UsageError(`cannot load ${text}: ${describeError(error)}`)
  })
  if (found.isDirectory()) return { kind: 'folder', path: await realpath(text) }
  if (found.isFile()) return { kind: 'file', path: await realpath(text) }
  throw new UsageError(
    `cannot load ${text}: it is neither a file nor a folder; to load from a pipe: … | aftercall load - --source S`,
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
