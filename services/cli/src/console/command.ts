import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  createCliLogger,
  exitCodes,
  findDatabase,
  requireConfig,
} from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { formatJson } from '../terminal/format-json.ts'
import { version } from '../version.ts'

type Options = CommonOptions & { port?: string }

/** `aftercall console [--port P]` */
export function addConsoleCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'console',
    'start the web console: current activity, problems, the history of each file, and actions',
    [
      'aftercall console                  # http://127.0.0.1:8080; without a configuration, for a running demo',
      'DATABASE_URL=postgres://… aftercall console --port 8081',
      'aftercall console --json           # prints the address as JSON',
    ],
  )
    .option('--port <p>', 'port to listen on instead of console.port; 0 picks a free port')
    .action((options: Options) => serveConsole(context, options))
}

async function serveConsole(context: CliContext, options: Options): Promise<void> {
  const own =
    options.port === undefined
      ? {}
      : { port: readWholeNumber('--port', options.port, { min: 0, max: 65_535 }) }
  const database = await findDatabase(context, options)
  const { console, months } = await requireConfig(context, options, [])
  const config = { database, console: { ...console, ...own }, months }
  // A terminal shows the address below, so it needs only warnings here.
  const logger = createCliLogger(context, context.stderr.isTTY === true ? 'warn' : 'info')
  // Imported here because the pages would slow down the start of every other command.
  const [{ readMigrations }, { runConsole }, { readAssets }] = await Promise.all([
    import('@aftercall/warehouse/schema/migrate'),
    import('@aftercall/console/run-console'),
    import('@aftercall/console/read-assets'),
  ])
  const stopped = Promise.withResolvers<void>()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: (signal) => {
      logger.info({ signal }, 'stopping; a second signal stops it immediately')
      stopped.resolve()
    },
    onSecond: (code) => context.exitNow(code),
  })
  try {
    const migrations = await readMigrations(findMigrationsDir())
    const { program = 'aftercall' } = context
    const running = await runConsole({ config, logger, migrations, assets: readAssets(), version, program })
    const { url } = running
    context.stdout.write(
      options.json === true
        ? `${formatJson({ url })}\n`
        : `The console is at ${url}. Press Ctrl-C to stop.\n`,
    )
    await stopped.promise
    await running.stop()
  } finally {
    signals.remove()
  }
  logger.info({ exitCode: exitCodes.done }, 'stopped')
  // Connections to a database that no longer answers must not keep the process alive (I9).
  context.exitNow(exitCodes.done)
}
