import { fileURLToPath } from 'node:url'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { makeLoaderLogin, makeOperatorLogin } from '@aftercall/warehouse/schema/make-login'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { readLogin } from './read-secret.ts'

type Environment = Readonly<Record<string, string | undefined>>

const besideMe = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * Runs as the master user. Applies pending migrations, which also create the roles, and creates the logins of the workers
 * and the console (if there is one), or sets their passwords from their secrets. Safe to run at any time, even
 * concurrently. An error fails the deployment.
 */
export async function handler(): Promise<void> {
  const env: Environment = process.env
  const logger = createLogger({ level: 'info', destination: process.stdout })
  const master = await readLogin(env, env.MASTER_SECRET_ARN)
  const worker = await readLogin(env, env.WORKER_SECRET_ARN)
  const console =
    env.CONSOLE_SECRET_ARN === undefined ? undefined : await readLogin(env, env.CONSOLE_SECRET_ARN)
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
    logger.info({ applied, login: worker.username, consoleLogin: console?.username }, 'the database is ready')
  } finally {
    await close()
  }
}
