import { readAssets } from '@aftercall/console/read-assets'
import { type Console, type ConsoleOptions, runConsole } from '@aftercall/console/run-console'
import type { Config, DatabaseConfig } from '@aftercall/runtime/config/config'
import { ListenError } from '@aftercall/runtime/process/listen-http'
import { version } from '../version.ts'

type DemoConsoleOptions = Pick<ConsoleOptions, 'logger' | 'migrations' | 'program'> & {
  database: DatabaseConfig
  console: Config['console']
  months: Config['months']
}

/** Starts the console on its usual port, or on a free port if that one is taken. */
export async function startDemoConsole({
  database,
  console,
  months,
  ...rest
}: DemoConsoleOptions): Promise<Console> {
  const start = (port: number): Promise<Console> =>
    runConsole({
      ...rest,
      config: { database, console: { ...console, port }, months },
      assets: readAssets(),
      version,
    })
  const started = await start(console.port).catch((error: unknown) => {
    if (!(error instanceof ListenError)) throw error
    return start(0)
  })
  // The first page takes the longest, so render it before the address is printed.
  await fetch(started.url)
    .then((answer) => answer.arrayBuffer())
    .catch(() => {})
  return started
}
