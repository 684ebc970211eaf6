import { fileURLToPath } from 'node:url'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import {
  makeLoaderLogin,
  makeOperatorLogin,
  makePublisherLogin,
} from '@aftercall/warehouse/schema/make-login'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { readLogin } from './read-secret.ts'

type Environment = Readonly<Record<string, string | undefined>>

const besideMe = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * Runs as the master user. Applies pending migrations, which also create the roles, and creates the logins of the workers,
 * and of the console and the publisher where there are any, or sets their passwords from their secrets. Safe to run at any
 * time, even concurrently. An error fails the deployment.
 */
export async function handler(): Promise<void> {
  const env: Environment = process.env
  const logger = createLogger({ level: 'info', destination: process.stdout })
  const master = await readLogin(env, env.MASTER_SECRET_ARN)
  const worker = await readLogin(env, env.WORKER_SECRET_ARN)
  const optional = (arn: string | undefined) => (arn === undefined ? undefined : readLogin(env, arn))
  const console = await optional(env.CONSOLE_SECRET_ARN)
  const publisher = await optional(env.PUBLISHER_SECRET_ARN)
  const url = new URL(`postgres://${env.DATABASE_ADDRESS}`)
  url.username = encodeURIComponent(master.username)
  url.password = encodeURIComponent(master.password)
  const { db, close } = openDatabase({
    url: url.href,
    tlsCaFile: besideMe('rds-ca.pem'),
    poolMax: 1,
    applicationName: 'aftercall-prepare',
    statementTimeoutSeconds: 3600,
    onIdleError: () => {
      // The next query opens another connection, or fails with the reason.
    },
  })
  try {
    const applied = await migrate(db, await readMigrations(besideMe('migrations')))
    await makeLoaderLogin(db, { name: worker.username, password: worker.password })
    if (console !== undefined) {
      await makeOperatorLogin(db, { name: console.username, password: console.password })
    }
    if (publisher !== undefined) {
      await makePublisherLogin(db, { name: publisher.username, password: publisher.password })
    }
    const logins = [worker, console, publisher].flatMap((login) =>
      login === undefined ? [] : [login.username],
    )
    logger.info({ applied, logins }, 'the database is ready')
  } finally {
    await close()
  }
}
