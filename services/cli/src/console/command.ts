import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  createCliLogger,
  exitCodes,
  requireConfig,
} from '../cli-context.ts'
import { findDatabase } from '../find-database.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { printJson } from '../terminal/print-json.ts'
import { version } from '../version.ts'

type Options = CommonOptions & { port?: string }

/** `aftercall console [--port P]` */
export function addConsoleCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'console',
    'the web console on console.port: what is going on, what needs attention, and the story of each file; it only reads',
    [
      'aftercall console                  # http://127.0.0.1:8080; of a running demo, if nothing else is configured',
      'DATABASE_URL=postgres://… aftercall console --port 8081',
      'aftercall console --json           # prints its address as JSON',
    ],
  )
    .option('--port <p>', 'in place of console.port; 0 takes a free one')
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
  // Who looks at a terminal is told its address below, and what is wrong.
  const logger = createCliLogger(context, context.stderr.isTTY === true ? 'warn' : 'info')
  // Loaded when asked for: pages would slow every other command down.
  const [{ readMigrations }, { runConsole }, { readAssets }] = await Promise.all([
    import('@aftercall/warehouse/schema/migrate'),
    import('@aftercall/console/run-console'),
    import('@aftercall/console/read-assets'),
  ])
  const stopped = Promise.withResolvers<void>()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: (signal) => {
      logger.info({ signal }, 'stopping; a second signal ends it at once')
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
      options.json === true ? `${printJson({ url })}\n` : `The console is at ${url}. Ctrl-C stops it.\n`,
    )
    await stopped.promise
    await running.stop()
  } finally {
    signals.remove()
  }
  logger.info({ exitCode: exitCodes.done }, 'stopped')
  // Whatever a dead database still keeps open must not keep the process (I9).
  context.exitNow(exitCodes.done)
}
