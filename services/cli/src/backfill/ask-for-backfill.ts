import { askBackfill, askRun } from '@aftercall/warehouse/actions/ask-actions'
import { askWorker, refuseOptions } from '../actions/ask-worker.ts'
import { readSpan } from '../arguments/read-time.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import { type CliContext, UsageError } from '../cli-context.ts'
import type { BackfillFlags } from './parse-options.ts'

/** `aftercall backfill … --via worker`: one worker runs it, in its usual order. */
export async function askForBackfill(context: CliContext, options: BackfillFlags): Promise<void> {
  refuseOptions(options, ['inventory', 'limit', 'listers'])
  if (options.workers !== '1' || options.dates !== 'auto' || options.order !== 'newest')
    throw new UsageError('--via worker loads in its usual order: leave out --workers, --dates and --order')
  const { source, prefix, resume, dryRun = false } = options
  if (resume !== undefined) return resumeRun(context, options, resume)
  if (source === undefined) throw new UsageError('choose what to load: --source NAME, or --resume RUN')
  const { since, until } = readSpan(options)
  const maxRate =
    options.maxRate === undefined
      ? undefined
      : readWholeNumber('--max-rate', options.maxRate, { min: 1, max: 100_000 })
  const asked = { source, prefix, since, until, maxRate, dryRun }
  await askWorker(context, options, (db, asking) => askBackfill(db, asked, asking))
}

function resumeRun(context: CliContext, options: BackfillFlags, runId: string): Promise<void> {
  refuseOptions(options, ['source', 'prefix', 'since', 'until', 'dryRun', 'maxRate'])
  if (!/^[1-9]\d{0,17}$/.test(runId)) throw new UsageError(`--resume takes the number of a run, not ${runId}`)
  return askWorker(context, options, (db, asking) => askRun(db, { runId, to: 'resume' }, asking))
}
