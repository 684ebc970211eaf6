import type { BackfillRequest } from '@aftercall/ingest/bulk/backfill-request'
import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type BackfillRun, readBackfillRun } from '@aftercall/warehouse/ledger/backfill-runs'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { type CommonOptions, UsageError } from '../cli-context.ts'
import { choosePrefix, createRequest, requireRequest } from './backfill-request.ts'

export type BackfillCommandOptions = CommonOptions & {
  source?: string
  prefix?: string
  since?: string
  until?: string
  dates: 'auto' | 'key' | 'modified'
  order: 'newest' | 'oldest'
  inventory?: string
  via: 'direct' | 'queue'
  limit?: string
  maxRate?: string
  workers: string
  listers?: string
  dryRun?: boolean
  resume?: string
}

/** As typed. Another process does what is asked `via worker`. */
export type BackfillFlags = Omit<BackfillCommandOptions, 'via'> & { via: 'direct' | 'queue' | 'worker' }

/** What to load: a new run, or an earlier one to resume with the options it was started with. */
export type ParsedOptions = {
  source: SourceConfig
  prefix: string
  via: 'direct' | 'queue'
  request: BackfillRequest
  /** The run to resume. */
  run: BackfillRun | undefined
}

/** Throws a `UsageError` if options cannot be combined, or name a run or source that does not exist. */
export async function parseOptions(
  options: BackfillCommandOptions,
  { sources }: Pick<Config, 'sources'>,
  db: Database,
): Promise<ParsedOptions> {
  checkTogether(options)
  if (options.resume !== undefined) {
    const earlier = await readEarlierRun(options.resume, sources, db)
    checkWorkers(options, earlier.via)
    return earlier
  }
  checkWorkers(options, options.via)
  const source = findSourceByName(sources, options.source ?? '')
  const prefix = choosePrefix(source, options.prefix)
  return { source, prefix, via: options.via, request: createRequest(options), run: undefined }
}

function checkTogether({ source, resume, dryRun, ...rest }: BackfillCommandOptions): void {
  if (source === undefined && resume === undefined)
    throw new UsageError('choose what to load: --source NAME, or --resume RUN')
  const { prefix, since, until, inventory } = rest
  const isNew = [prefix, since, until, inventory].some((option) => option !== undefined)
  if (resume !== undefined && (isNew || dryRun === true)) {
    throw new UsageError(
      '--resume continues a run with its own options: leave out --prefix, --since, --until, --inventory and --dry-run',
    )
  }
  if (resume !== undefined && !/^\d{1,18}$/.test(resume)) {
    throw new UsageError(`--resume takes the number of a run, not ${resume}`)
  }
}

function checkWorkers({ workers, dryRun }: BackfillCommandOptions, via: 'direct' | 'queue'): void {
  if (Number(workers) === 1) return
  if (via === 'queue') {
    throw new UsageError(
      '--workers needs --via direct: with --via queue, start as many aftercall worker as should load',
    )
  }
  if (dryRun === true) throw new UsageError('--dry-run estimates one process: leave out --workers')
}

async function readEarlierRun(
  runId: string,
  sources: readonly SourceConfig[],
  db: Database,
): Promise<ParsedOptions> {
  const run = await readBackfillRun(db, runId)
  if (run === undefined) throw new UsageError(`there is no run ${runId} in this database`)
  const source = findSourceByName(sources, run.source)
  if (source.bucket !== run.bucket || !run.prefix.startsWith(source.prefix)) {
    throw new UsageError(
      `run ${run.runId} loads s3://${run.bucket}/${run.prefix}, which source ${source.name} no longer includes`,
    )
  }
  return { source, prefix: run.prefix, via: run.via, request: requireRequest(run.runId, run.request), run }
}
