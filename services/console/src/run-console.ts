import type { Config, DatabaseConfig } from '@aftercall/runtime/config/config'
import { createReleasers } from '@aftercall/runtime/process/lifecycle'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import { openActs } from './actions/open-acts.ts'
import type { FetchKey } from './alb-token.ts'
import { openChanges } from './changes/changes.ts'
import { createBroadcast } from './changes/create-broadcast.ts'
import { createApp } from './create-app.ts'
import { createIdentify } from './identity.ts'
import { openReads } from './open-reads.ts'
import type { Assets } from './read-assets.ts'
import { isLoopback, urlOf } from './request-host.ts'
import { listRoutes } from './routes.ts'
import { serveApp } from './serve-app.ts'
import { allLanguages, type Languages } from './texts/languages.ts'

export type ConsoleOptions = {
  config: { database: DatabaseConfig; console: Config['console']; months: Config['months'] }
  logger: Logger
  /** The migrations that this release needs. */
  migrations: readonly Migration[]
  assets: Assets
  /** Shown at the bottom of each page. */
  version: string
  /** How commands are written on pages; `aftercall` by default. */
  program?: ProgramName
  /** By the tag of each; all of this release by default. */
  languages?: Languages
  /** In place of the public keys of the load balancer's Region (`console.identity.alb`). */
  fetchKey?: FetchKey
}

export type Console = {
  /** The address for browsers on this machine. */
  url: string
  port: number
  /** Frees the port and closes the database. Can be called repeatedly. */
  stop(): Promise<void>
}

/** Pages are read within seconds, and nothing is lost if one is cut off. */
const stopMsMax = 5_000

/**
 * The web console: config → build → run → release. It reads, asks workers for actions, and starts in any state of the database: pages
 * say what is wrong with it, and recover with it. Rejects with a `ListenError` if it cannot listen.
 */
export async function runConsole(options: ConsoleOptions): Promise<Console> {
  const { config, logger, migrations, assets, version, program = 'aftercall' } = options
  const { languages = allLanguages } = options
  const { host, hosts } = config.console
  const releasers = createReleasers({
    timeLimitMs: stopMsMax,
    onError: (name, error) => logger.warn({ name, error }, 'could not be closed in time'),
  })
  const reads = openReads({ ...config, migrations, logger })
  releasers.register('database', reads.close)
  const acts = openActs(config.database, { logger, onChange: reads.forgetActions })
  releasers.register('database of actions', acts.close)
  const onError = (error: unknown, isDefect = true): void => {
    if (isDefect) logger.error({ error }, 'a page could not be rendered')
    else logger.warn({ error }, 'the database did not answer a page')
  }
  const { overview, actions } = reads.states
  const changes = openChanges({ overview: createBroadcast(overview), actions: createBroadcast(actions) })
  const app = createApp({
    ...{
      routes: listRoutes(reads),
      ready: reads.ready,
      changes,
      acts,
      actionsMax: config.console.actionsMax,
    },
    identify: createIdentify({ console: config.console, mayAct: acts.mayAct, fetchKey: options.fetchKey }),
    ...{ assets, version, program, languages, onError },
  })
  const server = await serveApp({
    ...{ app, host, port: config.console.port, onError },
    // Browsers may use the name that it listens on.
    hosts: [...hosts, host.toLowerCase()],
  }).catch(async (error: unknown) => {
    await releasers.releaseAll()
    throw error
  })
  releasers.register('http server', server.stop)
  releasers.register('streams', changes.streams.close)
  const url = urlOf(host, server.port)
  logger.info({ host, port: server.port, url }, 'the console is served')
  if (!isLoopback(host)) {
    const advice = 'allow access only through a proxy that authenticates users (docs/console.md)'
    logger.warn({ host }, `the console has no sign-in, and other machines can reach it: ${advice}`)
  }
  const stop = async (): Promise<void> => void (await releasers.releaseAll())
  return { url, port: server.port, stop }
}
