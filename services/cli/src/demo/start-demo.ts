import { type EmbeddedStack, startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { formatDuration } from '@aftercall/operator/format/duration'
import { createReleasers, type Releasers } from '@aftercall/runtime/process/lifecycle'
import { createMetrics, type Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { NewLogin } from '@aftercall/warehouse/schema/make-login'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { runWorker } from '@aftercall/worker/run-worker'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { version } from '../version.ts'
import { withDatabase } from '../with-database.ts'
import { demoBucket, demoConfig, writeDemoConfig } from './demo-config.ts'
import { startDemoConsole } from './demo-console.ts'
import { recordDemo } from './demo-state.ts'
import { maintainOnce, prepareDatabase } from './prepare-database.ts'
import { withoutAws } from './use-demo.ts'

export type StartedDemo = {
  stack: EmbeddedStack
  /** The environment of the process, with the embedded S3 and SQS in place of AWS. */
  env: Record<string, string | undefined>
  bucket: string
  queueUrl: string
  metrics: Metrics
  httpPort: number
  consoleUrl: string
  /** For the login that commands use: it may load and read everything. */
  databaseUrl: string
  /** Undefined if it could not be written. */
  configPath: string | undefined
  program: ProgramName
  maintain(): Promise<void>
  stop(): Promise<void>
}

export type StartOptions = { port: number; dataDir: string | undefined; signal: AbortSignal }

const duplicateShare = 0.05
/** Postgres, S3 and SQS stop within seconds; one that hangs must not block the terminal. */
const stopMsMax = 30_000

/** Starts Postgres, S3 and SQS, migrates, connects the bucket to the queue, and starts worker and console. */
export async function startDemo(context: CliContext, options: StartOptions): Promise<StartedDemo> {
  const logger = createCliLogger(context, 'error')
  const releasers = createReleasers({
    timeLimitMs: stopMsMax,
    onError: (name, error) => logger.error({ name, error }, 'could not stop'),
  })
  const stop = async (): Promise<void> => void (await releasers.releaseAll())
  // Also while starting: waits then fail instead of hanging.
  options.signal.addEventListener('abort', () => void stop(), { once: true })
  try {
    const say = (text: string): void => void context.stderr.write(`${text}\n`)
    const stack = await startStack(options, releasers, say)
    const migrations = await readMigrations(findMigrationsDir())
    const { applied, logins } = await prepareDatabase(stack.databaseUrl, migrations)
    say(applied === 0 ? 'The tables already exist.' : `Created the tables (${applied} migrations).`)
    const queueUrl = await connectBucket(stack)
    const env = { ...withoutAws(context.env), ...stack.awsEnvironment }
    const config = demoConfig({
      databaseUrl: urlFor(stack, logins.worker),
      queueUrl,
      httpPort: options.port,
    })
    const maintain = () => withDatabase(config.database, ({ db }) => maintainOnce(db, config))
    // Before the worker needs the partitions.
    await maintain()
    const metrics = createMetrics({ version })
    const worker = await runWorker({ config, env, logger, metrics, migrations, version })
    releasers.register('worker', worker.stop)
    await worker.started
    const databaseUrl = urlFor(stack, logins.user)
    const ownerUrl = urlFor(stack, logins.owner)
    const configPath = await record(context, { stack, databaseUrl, ownerUrl, queueUrl }, releasers)
    const database = { ...config.database, url: urlFor(stack, logins.operator) }
    const program = context.program ?? 'aftercall'
    const console = await startDemoConsole({
      database,
      console: config.console,
      months: config.months,
      logger,
      migrations,
      program,
    })
    releasers.register('console', console.stop)
    say(`The worker is running. Watch it in the console: ${console.url}`)
    return {
      stack,
      env,
      bucket: demoBucket,
      queueUrl,
      metrics,
      httpPort: worker.httpPort,
      consoleUrl: console.url,
      databaseUrl,
      configPath,
      program,
      maintain,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type RecordedPlaces = { stack: EmbeddedStack; databaseUrl: string; ownerUrl: string; queueUrl: string }

/** Records the demo so that commands find it. If that fails, the demo still runs. */
async function record(
  { env, stderr }: CliContext,
  { stack, databaseUrl, ownerUrl, queueUrl }: RecordedPlaces,
  releasers: Releasers,
): Promise<string | undefined> {
  const textFor = (url: string) => writeDemoConfig({ databaseUrl: url, queueUrl, httpPort: 0 }, stack)
  try {
    const { configPath, remove } = await recordDemo(env, {
      configText: textFor(databaseUrl),
      ownerConfigText: textFor(ownerUrl),
      awsEnvironment: stack.awsEnvironment,
    })
    releasers.register('demo state', remove)
    return configPath
  } catch (error) {
    stderr.write(
      `Other commands will not find this demo: ${describeError(error)}. To fix this, set XDG_STATE_HOME to a folder that only you can access.\n`,
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
  releasers.register('embedded Postgres, S3 and SQS', stack.stop)
  signal.throwIfAborted()
  say(`Started Postgres, S3 and SQS on this machine (${formatDuration(performance.now() - startedAt)}).`)
  return stack
}

function urlFor(stack: EmbeddedStack, { name, password }: NewLogin): string {
  return Object.assign(new URL(stack.databaseUrl), { username: name, password }).href
}

async function connectBucket({ aws }: EmbeddedStack): Promise<string> {
  await aws.createBucket(demoBucket)
  const deadLetterQueue = { name: 'aftercall-dead-letters', receivesMax: 5 }
  const queue = await aws.createQueue('aftercall-live', { visibilitySeconds: 60, deadLetterQueue })
  await aws.notify({ bucket: demoBucket, queueUrl: queue.url })
  return queue.url
}
