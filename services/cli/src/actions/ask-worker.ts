import { randomUUID } from 'node:crypto'
import { userName } from '@aftercall/runtime/process/user-name'
import { ActionRefusedError, type Asking } from '@aftercall/warehouse/actions/ask-actions'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import {
  type CliContext,
  type CommonOptions,
  findDatabase,
  formatCommands,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'

/** This login may not do what was asked. The message says which role may. */
export class RightMissingError extends Error {
  override readonly name = 'RightMissingError'
  readonly code = 'right_missing'
  readonly retryable = false
}

/**
 * Asks the workers for an action instead of doing it here (`--via worker`), and prints its number. That needs no right to the
 * data: only the role `aftercall_actor`.
 */
export async function askWorker(
  context: CliContext,
  options: CommonOptions,
  ask: (db: Database, asking: Asking) => Promise<string>,
): Promise<void> {
  const config = await findDatabase(context, options)
  await withDatabase(config, async ({ db }) => {
    const asking = { by: `cli:${userName()}`, formKey: randomUUID(), confirmed: null }
    const id = await ask(db, asking).catch(explainRefusal)
    const text =
      options.json === true
        ? formatJson({ action: id })
        : `Action ${id} waits for a worker. To follow it: aftercall sql "select state, counts, error from ingest.action where action_id = ${id}"`
    context.stdout.write(`${formatCommands(context, text, options)}\n`)
  })
}

function explainRefusal(error: unknown): never {
  if (error instanceof ActionRefusedError) throw new UsageError(error.message)
  switch (sqlStateOf(error)) {
    case '42501':
      throw new RightMissingError(
        'this login may not ask workers for actions. An administrator can allow it: grant aftercall_actor to this login (docs/access.md)',
        { cause: error },
      )
    case '42883':
      throw new UsageError('the database lacks functions of this release: run aftercall migrate')
    default:
      throw error
  }
}

/** For `--via worker`: options that only this process understands. */
export function refuseOptions(options: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const given = names.find((name) => options[name] !== undefined && options[name] !== false)
  if (given === undefined) return
  const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new UsageError(`--via worker cannot be combined with --${flag}: leave out one of them`)
}
