import type { Config, DatabaseConfig } from '@aftercall/runtime/config/config'
import { createReleasers } from '@aftercall/runtime/process/lifecycle'
import { serveHttp } from '@aftercall/runtime/process/serve-http'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import { answerRequest } from './answer-request.ts'
import { openReads } from './open-reads.ts'
import type { Assets } from './read-assets.ts'
import { isLoopback, urlOf } from './request-host.ts'
import { listRoutes } from './routes.ts'

export type ConsoleOptions = {
  config: { database: DatabaseConfig; console: Config['console']; months: Config['months'] }
  logger: Logger
  /** What this release expects to find applied. */
  migrations: readonly Migration[]
  assets: Assets
  /** Shown at the foot of each page. */
  version: string
  /** How the commands on pages are written; `aftercall` where it is left out. */
  program?: ProgramName
}

export type Console = {
  /** Where it can be opened from this machine. */
  url: string
  port: number
  /** Frees the port and closes the database. May be called again. */
  stop(): Promise<void>
}

/** A page is read within seconds; nothing is lost with one that is cut off. */
const stopMsMax = 5_000

/**
 * The web console: config → build → run → release. It only reads, and comes up whatever the state of the database: pages
 * say what is wrong with it, and are right again when it is. Rejects with a `ListenError` when it cannot listen.
 */
export async function runConsole(options: ConsoleOptions): Promise<Console> {
  const { config, logger, migrations, assets, version, program = 'aftercall' } = options
  const { host, hosts } = config.console
  const releasers = createReleasers({
    timeLimitMs: stopMsMax,
    onError: (name, error) => logger.warn({ name, error }, 'could not be closed in time'),
  })
  const reads = openReads({ ...config, migrations, logger })
  releasers.own('database', reads.close)
  const onError = (error: unknown, isDefect = true): void => {
    if (isDefect) logger.error({ error }, 'a page could not be made')
    else logger.warn({ error }, 'the database did not answer a page')
  }
  const answering = {
    // Its address is told by the name that it listens on, where that is one.
    ...{ routes: listRoutes(reads), ready: reads.ready, hosts: [...hosts, host.toLowerCase()] },
    ...{ assets, version, program, onError },
  }
  const server = await serveHttp({
    ...{ host, port: config.console.port, onError },
    answer: (request) => answerRequest(answering, request),
  }).catch(async (error: unknown) => {
    await releasers.releaseAll()
    throw error
  })
  releasers.own('http server', server.stop)
  const url = urlOf(host, server.port)
  logger.info({ host, port: server.port, url }, 'the console is served')
  if (!isLoopback(host)) {
    const advice = 'let only a proxy that signs people in reach it (docs/console.md)'
    logger.warn({ host }, `the console has no sign-in and other machines can reach it: ${advice}`)
  }
  const stop = async (): Promise<void> => void (await releasers.releaseAll())
  return { url, port: server.port, stop }
}
