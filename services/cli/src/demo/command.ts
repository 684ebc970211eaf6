import { setTimeout as wait } from 'node:timers/promises'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { Option } from 'commander'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
} from '../cli-context.ts'
import { DemoDatabaseError } from './demo-database-error.ts'
import { requireEmbeddedServers } from './require-embedded-servers.ts'
import type { StartedDemo } from './start-demo.ts'

type Options = CommonOptions & {
  days: string
  sessions: string
  port?: string
  dataDir?: string
  exit?: boolean
}

/** Between the end of a connection to Postgres and that of its process. */
const noticeMsMax = 1_000

/** `aftercall demo [--days D] [--sessions N] [--port P] [--data-dir D] [--exit]` */
export function addDemoCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'demo',
    'run everything on this machine with sample sessions, and watch files become rows',
    [
      'aftercall demo',
      'aftercall demo --days 365                 # a year of history instead of 60 days',
      'aftercall demo --sessions 5000',
      'aftercall demo --data-dir ./demo-data     # keeps its data',
      'aftercall demo --sessions 300 --exit      # stops by itself; exit code 1 if the result is not as expected',
    ],
  )
    .option('--days <n>', 'days of history to load first by backfill; 0 for none', '60')
    .option(
      '--sessions <n>',
      'number of sessions that end before the demo has caught up with the real time',
      '300',
    )
    .option('--port <p>', "port of the worker's /healthz, /readyz and /metrics (default: a free port)")
    .option(
      '--data-dir <dir>',
      'keep the data in this folder (default: a temporary folder that is removed at the end)',
    )
    .addOption(new Option('--exit', 'stop once every file is loaded'))
    .action(async (options: Options) => add.end(await demo(context, options)))
}

async function demo(context: CliContext, options: Options): Promise<number> {
  const days = readWholeNumber('--days', options.days, { min: 0, max: 3_660 })
  const sessions = readWholeNumber('--sessions', options.sessions, { min: 1, max: 1_000_000 })
  const port =
    options.port === undefined ? 0 : readWholeNumber('--port', options.port, { min: 0, max: 65_535 })
  requireEmbeddedServers()
  const stopping = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => {
      context.stderr.write('\nStopping the demo …\n')
      stopping.abort(new Error('interrupted'))
    },
    onSecond: (code) => context.exitNow(code),
  })
  // Imported here because the embedded servers would slow down the start of every other command.
  const { startDemo } = await import('./start-demo.ts')
  const { performDemo } = await import('./perform-demo.ts')
  let started: StartedDemo | undefined
  try {
    started = await startDemo(context, { port, dataDir: options.dataDir, signal: stopping.signal })
    const { ended, pid } = started.stack.postgres
    const lost = ended.then(() => {
      if (!stopping.signal.aborted) stopping.abort(new DemoDatabaseError(pid, options.dataDir))
    })
    const performing = performDemo(context, started, {
      ...{ days, sessions },
      json: options.json === true,
      stops: options.exit === true,
      now: () => new Date(),
      signal: stopping.signal,
    })
    const asExpected = await performing.catch(async (error: unknown) => {
      // A connection may notice it before the process is known to have ended.
      await Promise.race([lost, wait(noticeMsMax, undefined, { ref: false })])
      throw error
    })
    if (options.exit === true) return asExpected ? exitCodes.done : exitCodes.failed
    return exitCodes.done
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    if (stopping.signal.reason instanceof DemoDatabaseError) throw stopping.signal.reason
    return options.exit === true ? exitCodes.failed : exitCodes.done
  } finally {
    await started?.stop()
    signals.remove()
  }
}
