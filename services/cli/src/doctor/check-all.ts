import { openSourceClients } from '@aftercall/ingest/sources/source-clients'
import type { Config, QueueConfig, SourceConfig } from '@aftercall/runtime/config/config'
import { watchStoreClock } from '@aftercall/storage/objects/store-clock'
import type { QueueSettings } from '@aftercall/storage/queue/queue-settings'
import { readDatabaseClock } from '@aftercall/warehouse/connection/database-clock'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import { withDatabase } from '../with-database.ts'
import { checkAccess } from './check-access.ts'
import { type ClockResult, checkClock } from './check-clock.ts'
import { checkDatabase } from './check-database.ts'
import { checkKeys } from './check-keys.ts'
import { checkQueue } from './check-queue.ts'
import type { CheckResult } from './check-result.ts'
import { checkSource } from './check-source.ts'
import { mergeNotices } from './merge-notices.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Runs every check, in the order in which a person would go through them. */
export async function checkAll(
  config: Config,
  migrations: readonly Migration[],
  env: Environment,
): Promise<CheckResult[]> {
  const { live, backfill } = config.queues
  const sources = config.sources.map(({ name, bucket, prefix }) => `${name} = s3://${bucket}/${prefix}`)
  const database = await checkDatabase(config, migrations)
  const access = await checkAccess(config.database)
  const keys = await checkKeys(config)
  const liveQueue = live === undefined ? undefined : await checkQueue('live', live, env)
  const backfillQueue = backfill === undefined ? undefined : await checkQueue('backfill', backfill, env)
  const stores = await Promise.all(
    config.sources.map((source) => checkStore(config, source, liveQueue?.settings, env)),
  )
  const clocks = [...stores.flatMap(({ clock }) => clock), ...(await readServerClock(config))]
  return [
    { check: 'configuration', level: 'ok', detail: sources.join(', ') },
    ...database,
    ...access,
    ...keys,
    ...(liveQueue?.results ?? []),
    ...(backfillQueue?.results ?? []),
    ...checkBothQueues(live, backfill),
    ...mergeNotices(stores.flatMap(({ results }) => results)),
    checkClock(clocks),
  ]
}

function checkBothQueues(live: QueueConfig | undefined, backfill: QueueConfig | undefined): CheckResult[] {
  if (live === undefined || live.url !== backfill?.url) return []
  const detail =
    'it is the same queue as the live queue: a backfill delays new files, and half of the new files count as old ones'
  const fix = 'set queues.backfill to a separate queue, or leave it out'
  return [{ check: 'backfill queue of its own', level: 'problem', detail, fix }]
}

async function checkStore(
  { s3 }: Config,
  source: SourceConfig,
  queue: QueueSettings | undefined,
  env: Environment,
): Promise<{ results: CheckResult[]; clock: ClockResult[] }> {
  const clients = openSourceClients({ sources: [source], s3, env, connectionsMax: 4 })
  try {
    const client = clients.of(source)
    const clock = watchStoreClock(client)
    const results = await checkSource(client, source, queue)
    const aheadMs = clock.aheadMs()
    return { results, clock: aheadMs === undefined ? [] : [{ place: `store of ${source.name}`, aheadMs }] }
  } finally {
    clients.destroy()
  }
}

/** Empty if the database is unreachable, which the check of the database reports. */
async function readServerClock(config: Config): Promise<ClockResult[]> {
  return withDatabase(config.database, async ({ db }) => [
    { place: 'database', aheadMs: await readDatabaseClock(db) },
  ]).catch(() => [])
}
