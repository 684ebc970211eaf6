import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import type { Database } from '@aftercall/warehouse/connection/database'
import { type BackfillRun, readBackfillRun } from '@aftercall/warehouse/ledger/backfill-runs'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { UsageError } from '../cli-context.ts'
import { type BackfillRequest, choosePrefix, createRequest, readRequest } from './backfill-request.ts'
import type { BackfillCommandOptions } from './command.ts'

/** What a command line means: a new bulk load, or one that goes on as it was begun. */
export type ParsedOptions = {
  source: SourceConfig
  prefix: string
  via: 'direct' | 'queue'
  request: BackfillRequest
  /** Set when an earlier run goes on. */
  run: BackfillRun | undefined
}

export async function parseOptions({
  options,
  config,
  db,
}: {
  options: BackfillCommandOptions
  config: Pick<Config, 'sources'>
  db: Database
}): Promise<ParsedOptions> {
  if (options.resume !== undefined) {
    const run = await readBackfillRun(db, options.resume)
    if (run === undefined) throw new UsageError(`there is no run ${options.resume} in this database`)
    const source = findSourceByName(config.sources, run.source)
    if (source.bucket !== run.bucket || !run.prefix.startsWith(source.prefix)) {
      throw new UsageError(
        `run ${run.runId} is of s3://${run.bucket}/${run.prefix}, where source ${source.name} no longer is`,
      )
    }
    return { source, prefix: run.prefix, via: run.via, request: readRequest(run.runId, run.request), run }
  }
  const source = findSourceByName(config.sources, options.source ?? '')
  const prefix = choosePrefix(source, options.prefix)
  return { source, prefix, via: options.via, request: createRequest(options), run: undefined }
}
