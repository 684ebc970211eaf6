import { describeHost, type TargetServer } from '@aftercall/runtime/config/database-url'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type pg from 'pg'
import { type Connection, type Connections, explainConnectFailure } from './connection.ts'
import { isOutage } from './error-class.ts'

/** None of the servers can be used now. It is an outage: after a failover, another one can. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError'
  readonly code = 'no_suitable_server'
  readonly retryable = true
}

export type ServerClient = Pick<pg.ClientBase, 'query'>

/** How to connect to one of the servers, and how to close a connection that is not wanted. */
export type ServerDoor<Client extends ServerClient> = {
  server: Connection
  open(): Promise<Client>
  discard(client: Client): Promise<void> | void
}

/**
 * Connects to the first server, beginning with the one at `first`, that can be reached and is what `target` asks for.
 * With several servers and no target, that is one that takes writes, unless the caller only reads.
 * @throws NoServerError if none is; with a single server, and where waiting cannot help, the error of the connection.
 */
export async function chooseServer<Client extends ServerClient>(
  doors: readonly ServerDoor<Client>[],
  { target, first, isKnown }: { target: TargetServer; first: number; isKnown?(client: Client): boolean },
): Promise<{ client: Client; position: number }> {
  const refusals: string[] = []
  const failures: unknown[] = []
  for (let tried = 0; tried < doors.length; tried += 1) {
    const position = (first + tried) % doors.length
    const door = doors[position]
    if (door === undefined) continue
    try {
      const client = await door.open()
      const refusal =
        target === 'any' || isKnown?.(client) ? undefined : await refusalOf(client, target, door)
      if (refusal === undefined) return { client, position }
      await door.discard(client)
      refusals.push(`${describeHost(door.server)} ${refusal}`)
    } catch (error) {
      const explained = explainConnectFailure(error, door.server)
      if (doors.length === 1) throw explained
      failures.push(explained)
      refusals.push(`${describeHost(door.server)}: ${describeError(explained)}`)
    }
  }
  const lasting = failures.find((error) => !isOutage(error))
  if (lasting !== undefined) throw lasting
  const message = `no server of database.url is ${wanted[target]}: ${refusals.join('; ')}`
  throw new NoServerError(message, { cause: failures[0] })
}

export function targetOf({ servers, target }: Connections, { reads }: { reads: boolean }): TargetServer {
  return target ?? (servers.length === 1 || reads ? 'any' : 'read-write')
}

const wanted: Readonly<Record<TargetServer, string>> = {
  any: 'reachable',
  'read-write': 'reachable and takes writes',
  primary: 'a reachable primary',
  'read-only': 'reachable and read-only',
  standby: 'a reachable standby',
}

type State = { isStandby: boolean; isReadOnly: boolean }

/** As libpq asks. Every client is asked once, when it is new. */
async function refusalOf<Client extends ServerClient>(
  client: Client,
  target: TargetServer,
  { discard }: ServerDoor<Client>,
): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ [Name in keyof State]: string | boolean }>(
      `select pg_catalog.pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly"`,
    )
    // A client that reads all values as text answers t and f.
    const is = (name: keyof State): boolean => rows[0]?.[name] === true || rows[0]?.[name] === 't'
    return judge(target, { isStandby: is('isStandby'), isReadOnly: is('isReadOnly') })
  } catch (error) {
    await discard(client)
    throw error
  }
}

function judge(target: TargetServer, { isStandby, isReadOnly }: State): string | undefined {
  switch (target) {
    case 'any':
      return undefined
    case 'read-write':
      return isReadOnly ? `${isStandby ? 'is a standby' : 'is read-only'} and takes no writes` : undefined
    case 'primary':
      return isStandby ? 'is a standby' : undefined
    case 'read-only':
      return isReadOnly ? undefined : 'takes writes'
    case 'standby':
      return isStandby ? undefined : 'is no standby'
  }
}
