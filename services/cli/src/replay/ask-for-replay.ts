import { askReplay } from '@aftercall/warehouse/actions/ask-actions'
import { askWorker, refuseOptions } from '../actions/ask-worker.ts'
import { readRejectionId } from '../arguments/read-rejection-id.ts'
import { readSpan } from '../arguments/read-time.ts'
import { type CliContext, UsageError } from '../cli-context.ts'
import type { ReplayCommandOptions } from './parse-options.ts'

/** `aftercall replay … --via worker`: only rejections, which is what operators see. */
export async function askForReplay(context: CliContext, options: ReplayCommandOptions): Promise<void> {
  refuseOptions(options, ['failed', 'object', 'session', 'deadLetters', 'queueUrl', 'limit', 'dryRun'])
  const { id, code, source, from } = options
  const { since, until } = readSpan(options)
  if (id === undefined && code === undefined && source === undefined)
    throw new UsageError('--via worker replays rejections: choose them by --id, --code or --source')
  if (id !== undefined) refuseWith(options)
  const ids = id === undefined ? undefined : [readRejectionId(id)]
  const which = { ids, code, source, since, until, fromKept: from === 'raw' }
  await askWorker(context, options, (db, asking) => askReplay(db, which, asking))
}

function refuseWith({ code, source, since, until }: ReplayCommandOptions): void {
  if (code !== undefined || source !== undefined || since !== undefined || until !== undefined)
    throw new UsageError('--id names one rejection: leave out --code, --source, --since and --until')
}
