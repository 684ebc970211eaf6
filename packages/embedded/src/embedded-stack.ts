import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type ObjectStoreAndQueue,
  type ObjectStoreAndQueueOptions,
  startObjectStoreAndQueue,
} from './object-store-and-queue.ts'
import { type EmbeddedPostgres, startPostgres } from './postgres.ts'
import { region } from './s3-event.ts'
import { findServerIdentity } from './server-identity.ts'
import { findTemporaryDir } from './temporary-dir.ts'

export type EmbeddedStackOptions = Pick<ObjectStoreAndQueueOptions, 'duplicateShare' | 'random'> & {
  /** Everything in it survives a restart. By default a temporary folder, which `stop` removes. */
  dataDir?: string
  /** Free ports by default. */
  postgresPort?: number
  awsPort?: number
  /** Lines of the Postgres log. */
  onLog?: (line: string) => void
}

export type EmbeddedStack = {
  databaseUrl: string
  awsEndpoint: string
  /** Environment variables with which the AWS SDK of another process connects to the stack. The credentials are fake. */
  awsEnvironment: Record<string, string>
  postgres: EmbeddedPostgres
  aws: ObjectStoreAndQueue
  /** May be called more than once. */
  stop(): Promise<void>
}

/** Postgres, S3, and SQS on this machine, without installation. */
export async function startEmbeddedStack(options: EmbeddedStackOptions = {}): Promise<EmbeddedStack> {
  const temporaryDir = options.dataDir === undefined ? await makeTemporaryDir() : undefined
  const removeTemporaryDir = async () => {
    if (temporaryDir !== undefined) await rm(temporaryDir, { recursive: true, force: true })
  }
  const [postgres, aws] = await Promise.allSettled([
    startPostgres(postgresOptions(options, temporaryDir)),
    startObjectStoreAndQueue(awsOptions(options)),
  ])
  if (postgres.status === 'rejected' || aws.status === 'rejected') {
    const results = [aws, postgres]
    const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.stop] : []))
    await stopAll([...started, removeTemporaryDir])
    throw postgres.status === 'rejected'
      ? postgres.reason
      : aws.status === 'rejected'
        ? aws.reason
        : undefined
  }

  let stopping: Promise<void> | undefined
  return {
    databaseUrl: postgres.value.url,
    awsEndpoint: aws.value.endpoint,
    awsEnvironment: {
      AWS_ENDPOINT_URL: aws.value.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'embedded',
      AWS_SECRET_ACCESS_KEY: 'embedded',
    },
    postgres: postgres.value,
    aws: aws.value,
    stop() {
      stopping ??= stopAll([aws.value.stop, postgres.value.stop, removeTemporaryDir])
      return stopping
    },
  }
}

/** Other users may enter it, because as root the server runs as another user. The server's folder in it is closed to others. */
async function makeTemporaryDir(): Promise<string> {
  const identity = await findServerIdentity()
  const dir = await mkdtemp(join(await findTemporaryDir(identity), 'aftercall-'))
  if (identity !== undefined) await chmod(dir, 0o711)
  return dir
}

function postgresOptions(options: EmbeddedStackOptions, temporaryDir: string | undefined) {
  return {
    dataDir: join(resolve(options.dataDir ?? temporaryDir ?? ''), 'postgres'),
    ...(options.postgresPort === undefined ? {} : { port: options.postgresPort }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    // Only a crash of the machine could lose data, and it would lose the temporary folder too.
    ...(temporaryDir === undefined ? {} : { settings: { fsync: 'off' } }),
  }
}

function awsOptions(options: EmbeddedStackOptions): ObjectStoreAndQueueOptions {
  return {
    ...(options.dataDir === undefined ? {} : { dataDir: join(resolve(options.dataDir), 'aws') }),
    ...(options.awsPort === undefined ? {} : { port: options.awsPort }),
    ...(options.duplicateShare === undefined ? {} : { duplicateShare: options.duplicateShare }),
    ...(options.random === undefined ? {} : { random: options.random }),
  }
}

/** Stops all, even if one fails. */
async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const stop of stops) {
    try {
      await stop()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'The embedded stack did not stop cleanly')
}
