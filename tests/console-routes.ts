import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { openReads, type Reads } from '../services/console/src/open-reads.ts'
import type { Route } from '../services/console/src/route.ts'
import { listRoutes } from '../services/console/src/routes.ts'

export type ConsoleRoutes = { routes: Route[]; reads: Reads }

/** The route table of the console, on a database. Nothing is connected until a route is read. */
export function openRoutes(url: string): ConsoleRoutes {
  const reads = openReads({
    database: { url, poolMax: 4, statementTimeoutSeconds: 60 },
    console: { host: '127.0.0.1', port: 0, hosts: [], quietMinutes: 60, actors: [], actionsMax: 10_000 },
    months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    ...{ migrations: [], logger: createLogger({ level: 'silent' }) },
  })
  return { reads, routes: listRoutes(reads) }
}

/** The routes that none of the addresses leads to, as the console chooses: the first that fits. */
export function routesWithout(routes: readonly Route[], addresses: readonly string[]): string[] {
  const reached = addresses.map((address) => {
    const [path = ''] = address.split('?')
    return routes.find((route) => route.path.test(path))
  })
  return routes.filter((route) => !reached.includes(route)).map(({ path }) => path.source)
}
