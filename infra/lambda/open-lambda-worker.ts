import { fileURLToPath } from 'node:url'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import { openIngest } from '@aftercall/ingest/open-ingest'
import { openSourceClients } from '@aftercall/ingest/source-clients'
import { describeStopReason } from '@aftercall/operator/describe-stop-reason'
import { type Config, printProblems, readConfig } from '@aftercall/runtime/config/config'
import { createLogger, type Logger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics, type Metrics } from '@aftercall/runtime/telemetry/metrics'
import { type Database, type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { requireAccess } from '@aftercall/warehouse/schema/access'
import { migrationStates, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { readLogin } from './read-secret.ts'

export type LambdaWorker = {
  ingest: Ingest
  db: Database
  metrics: Metrics
  logger: Logger
  /** The dimension of its metrics in CloudWatch. */
  deployment: string
  functionName: string
  /** When this environment last reported that the function runs, by `performance.now()`. */
  reportedMs: number | null
  /** A bucket of `aftercall_freshness_seconds`, as it is written. */
  freshnessSeconds: string
  /** What comes from it is old. */
  backfillQueueArn: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** What the worker makes at its start, made once for each environment that Lambda keeps warm. */
export async function openLambdaWorker(env: Environment): Promise<LambdaWorker> {
  const logger = createLogger({ level: env.LOG_LEVEL ?? 'info', destination: process.stdout })
  const login = await readLogin(env, env.WORKER_SECRET_ARN)
  const filled = { ...env, DATABASE_USER: login.username, DATABASE_PASSWORD: login.password }
  const reading = readConfig(env.AFTERCALL_YAML ?? '', filled)
  if (reading.kind === 'invalid') {
    throw new Error(printProblems(reading.problems, 'AFTERCALL_YAML').trimEnd())
  }
  const { config } = reading
  const database = openDatabase({
    ...config.database,
    applicationName: 'aftercall-lambda',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  try {
    await requireReady(database, config)
  } catch (error) {
    await database.close()
    throw error
  }
  const metrics = createMetrics({ version: 'lambda' })
  const { sources, s3, worker } = config
  const clients = openSourceClients({ sources, s3, env: filled, connectionsMax: worker.inFlight })
  const ingest = openIngest({
    ...{ config, clients, db: database.db, logger, metrics },
    // A batch that waits for the database goes on in the next invocation of this environment.
    signal: new AbortController().signal,
    mustStop: (reason) =>
      logger.error({ code: reason.code }, `nothing can be loaded: ${describeStopReason(reason)}`),
  })
  return {
    ...{ ingest, metrics, logger, db: database.db },
    functionName: env.AWS_LAMBDA_FUNCTION_NAME ?? 'function',
    reportedMs: null,
    deployment: env.DEPLOYMENT ?? '',
    freshnessSeconds: env.FRESHNESS_SECONDS ?? '3600',
    backfillQueueArn: env.BACKFILL_QUEUE_ARN ?? '',
  }
}

/** @throws AccessError; and while migrations are pending: the messages come back until both are repaired */
async function requireReady({ db }: DatabaseHandle, config: Config): Promise<void> {
  await requireAccess(db, config.database)
  const migrations = await readMigrations(fileURLToPath(new URL('migrations', import.meta.url)))
  const states = await migrationStates(db, migrations)
  const pending = states.filter(({ state }) => state === 'pending').map(({ name }) => name)
  if (pending.length > 0) throw new Error(`migrations are pending: ${pending.join(', ')}`)
  await recordSources(db, config.sources)
}
