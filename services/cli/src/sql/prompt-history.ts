import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  makePrivateFolder,
  readPrivateFile,
  writePrivateFile,
} from '@aftercall/runtime/process/private-folder'
import type { CliContext } from '../cli-context.ts'

/** The lines that were typed, the newest first, as readline has them. */
export type PromptHistory = { lines: string[]; save(typed: readonly string[]): Promise<void> }

export const historyLinesMax = 1_000
const lineLengthMax = 10_000

/**
 * The history of the prompt, kept between sessions in a file that only this user can read, because a query may hold a phone
 * number. `AFTERCALL_SQL_HISTORY=off` keeps none.
 * @throws NotPrivateError if another user could read or write it
 */
export async function openPromptHistory({ env }: Pick<CliContext, 'env'>): Promise<PromptHistory> {
  if (env.AFTERCALL_SQL_HISTORY?.toLowerCase() === 'off') return { lines: [], save: async () => {} }
  const folder = join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'aftercall')
  const path = join(folder, 'sql_history')
  const read = async (): Promise<string[]> =>
    ((await readPrivateFile(path)) ?? '').split('\n').filter(Boolean)

  /** Adds to what other prompts have saved in the meantime, and replaces the file in one step. */
  async function save(typed: readonly string[]): Promise<void> {
    const own = typed.filter((line) => line.trim() !== '' && line.length <= lineLengthMax)
    if (own.length === 0) return
    await makePrivateFolder(folder)
    const lines = [...new Set([...own, ...(await read())])].slice(0, historyLinesMax)
    const next = `${path}.${randomBytes(6).toString('hex')}`
    await writePrivateFile(next, `${lines.join('\n')}\n`)
    await rename(next, path)
  }

  return { lines: await read(), save }
}
