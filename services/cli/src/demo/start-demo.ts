import { randomBytes } from 'node:crypto'
import { type EmbeddedStack, startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { formatDuration } from '@aftercall/operator/format/duration'
import { createReleasers, type Releasers } from '@aftercall/runtime/process/lifecycle'
import { createMetrics, type Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { readDatabaseTime } from '@aftercall/warehouse/connection/database-clock'
import { applyMaintenance, planMaintenance } from '@aftercall/warehouse/maintenance/maintain'
import type { MonthSpan } from '@aftercall/warehouse/maintenance/months'
import {
  makeLoaderLogin,
  makeLogin,
  makeOperatorLogin,
  type NewLogin,
} from '@aftercall/warehouse/schema/make-login'
import { type Migration, migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { runWorker } from '@aftercall/worker/run-worker'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { version } from '../version.ts'
import { withDatabase } from '../with-database.ts'
import { demoBucket, demoConfig, writeDemoConfig } from './demo-config.ts'
import { startDemoConsole } from './demo-console.ts'
import { recordDemo } from './demo-state.ts'
import { withoutAws } from './use-demo.ts'

export type StartedDemo = {
  stack: EmbeddedStack
  /** The process's environment with the embedded S3 and SQS in place of AWS. */
  env: Record<string, string | undefined>
  bucket: string
  queueUrl: string
  metrics: Metrics
  httpPort: number
  consoleUrl: string
  /** Of the login that the configuration has: it loads, and reads everything. */
  databaseUrl: string
  /** Undefined where it could not be written. */
  configPath: string | undefined
  program: ProgramName
  stop(): Promise<void>
}

export type StartOptions = { port: number; dataDir: string | undefined; signal: AbortSignal }

const duplicateShare = 0.05
/** Postgres, S3 and SQS stop within seconds; a hanging one must not keep the terminal. */
const stopMsMax = 30_000

/** Starts Postgres, S3 and SQS, migrates, wires the bucket to the queue, and starts the worker. */
export async function startDemo(context: CliContext, options: StartOptions): Promise<StartedDemo> {
  const logger = createCliLogger(context, 'error')
  const releasers = createReleasers({
    timeLimitMs: stopMsMax,
    onError: (name, error) => logger.error({ name, error }, 'could not be stopped'),
  })
  const stop = async (): Promise<void> => void (await releasers.releaseAll())
  // Also in the middle of starting: what waits for something then learns that it is not going to come.
  options.signal.addEventListener('abort', () => void stop(), { once: true })
  try {
    const say = (text: string): void => void context.stderr.write(`${text}\n`)
    const stack = await startStack(options, releasers, say)
    const migrations = await readMigrations(findMigrationsDir())
    // Logins of their own, as docs/access.md has it.
    const logins = {
      worker: newLogin('aftercall_demo_worker'),
      operator: newLogin('aftercall_demo_operator'),
      user: newLogin('aftercall_demo'),
    }
    const applied = await migrateDemo(stack.databaseUrl, migrations, logins)
    say(applied === 0 ? 'The tables are there already.' : `Made the tables (${applied} migrations).`)
    const queueUrl = await wireBucket(stack)
    const env = { ...withoutAws(context.env), ...stack.awsEnvironment }
    const config = demoConfig({
      databaseUrl: urlFor(stack, logins.worker),
      queueUrl,
      httpPort: options.port,
    })
    await withDatabase(config.database, ({ db }) => maintainOnce(db, config.months))
    const metrics = createMetrics({ version })
    const worker = await runWorker({ config, env, logger, metrics, migrations, version })
    releasers.own('worker', worker.stop)
    await worker.started
    const databaseUrl = urlFor(stack, logins.user)
    const configPath = await record(context, { stack, databaseUrl, queueUrl }, releasers)
    const database = { ...config.database, url: urlFor(stack, logins.operator) }
    const program = context.program ?? 'aftercall'
    const console = await startDemoConsole({
      ...{ database, console: config.console, months: config.months },
      ...{ logger, migrations, program },
    })
    releasers.own('console', console.stop)
    say(`The worker is receiving. Watch it at ${console.url}`)
    const { httpPort } = worker
    const consoleUrl = console.url
    return {
      ...{ stack, env, bucket: demoBucket, queueUrl, metrics, httpPort, consoleUrl },
      ...{ databaseUrl, configPath, program, stop },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A demo that commands do not find by themselves is a demo all the same. */
async function record(
  { env, stderr }: CliContext,
  { stack, databaseUrl, queueUrl }: { stack: EmbeddedStack; databaseUrl: string; queueUrl: string },
  releasers: Releasers,
): Promise<string | undefined> {
  const configText = writeDemoConfig({ databaseUrl, queueUrl, httpPort: 0 }, stack)
  try {
    const { configPath, remove } = await recordDemo(env, {
      configText,
      awsEnvironment: stack.awsEnvironment,
    })
    releasers.own('demo state', remove)
    return configPath
  } catch (error) {
    stderr.write(
      `Other commands will not find this demo: ${describeError(error)}. Or set XDG_STATE_HOME to a folder of your own.\n`,
    )
    return undefined
  }
}

async function startStack(
  { dataDir, signal }: StartOptions,
  releasers: Releasers,
  say: (text: string) => void,
): Promise<EmbeddedStack> {
  const startedAt = performance.now()
  const stack = await startEmbeddedStack({ duplicateShare, ...(dataDir === undefined ? {} : { dataDir }) })
  releasers.own('embedded Postgres, S3 and SQS', stack.stop)
  signal.throwIfAborted()
  say(`Started Postgres, S3 and SQS on this machine (${formatDuration(performance.now() - startedAt)}).`)
  return stack
}

function newLogin(name: string): NewLogin {
  return { name, password: randomBytes(16).toString('hex') }
}

function urlFor(stack: EmbeddedStack, { name, password }: NewLogin): string {
  return Object.assign(new URL(stack.databaseUrl), { username: name, password }).href
}

async function migrateDemo(
  url: string,
  migrations: Migration[],
  logins: { worker: NewLogin; operator: NewLogin; user: NewLogin },
): Promise<number> {
  const database = openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-demo',
    statementTimeoutSeconds: 60,
    onIdleError: () => {
      // The next query tells.
    },
  })
  try {
    const applied = await migrate(database.db, migrations)
    await makeLoaderLogin(database.db, logins.worker)
    await makeOperatorLogin(database.db, logins.operator)
    await makeLogin(database.db, logins.user, ['aftercall_loader', 'aftercall_cleared', 'aftercall_operator'])
    return applied.length
  } finally {
    await database.close()
  }
}

/** As an installation does every day, so that months are there before they are needed. */
async function maintainOnce(db: Database, span: MonthSpan): Promise<void> {
  const plan = await planMaintenance(db, { sources: [], now: await readDatabaseTime(db), span })
  await applyMaintenance(db, plan, { stepEnded: () => {}, batchDeleted: () => {} })
}

async function wireBucket({ aws }: EmbeddedStack): Promise<string> {
  await aws.createBucket(demoBucket)
  const deadLetterQueue = { name: 'aftercall-dead-letters', receivesMax: 5 }
  const queue = await aws.createQueue('aftercall-live', { visibilitySeconds: 60, deadLetterQueue })
  await aws.notify({ bucket: demoBucket, queueUrl: queue.url })
  return queue.url
}
