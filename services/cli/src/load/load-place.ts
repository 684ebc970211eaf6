import { realpath, stat } from 'node:fs/promises'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { UsageError } from '../cli-context.ts'

/** What `aftercall load` was pointed at. Paths are real ones: the same file is one row of the ledger, whatever led to it. */
export type LoadPlace = { kind: 'stdin' } | { kind: 'file' | 'folder'; path: string }

/** Throws a `UsageError` for what cannot be loaded from. */
export async function readLoadPlace(text: string): Promise<LoadPlace> {
  if (text === '-') return { kind: 'stdin' }
  const found = await stat(text).catch((error: unknown) => {
    throw new UsageError(`cannot load ${text}: ${describeError(error)}`)
  })
  if (found.isDirectory()) return { kind: 'folder', path: await realpath(text) }
  if (found.isFile()) return { kind: 'file', path: await realpath(text) }
  throw new UsageError(
    `cannot load ${text}: it is neither a file nor a folder; for a pipe use: … | aftercall load - --source S`,
  )
}
