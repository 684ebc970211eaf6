import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { sql } from 'kysely'
import { inject } from 'vitest'
import { until } from '../e2e/until.ts'
import { openAdmin } from './own-postgres.ts'

/** A primary and a standby that streams from it, behind one address, as a managed database offers it. */
export type ServerPair = {
  /** Leads to the primary, and to the standby after `connectToStandby`. */
  url: string
  standbyUrl: string
  /** Names both servers, for the database of that URL. */
  throughBoth(url: string): string
  stopPrimary(): Promise<void>
  connectToStandby(): void
  close(): Promise<void>
}

// A standby starts with no fewer connections than the server had whose files it has.
const settings = { fsync: 'off', wal_keep_size: '1GB', max_connections: '200' }

export async function startServerPair(): Promise<ServerPair> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-pair-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  const [primaryDir, standbyDir] = [join(folder, 'primary'), join(folder, 'standby')]
  await cp(inject('cluster'), primaryDir, { recursive: true })
  await cp(inject('cluster'), standbyDir, { recursive: true })
  await writeFile(join(standbyDir, 'standby.signal'), '')
  const primary = await startPostgres({ ...testPostgres(), dataDir: primaryDir, settings })
  const { hostname, port, username, password } = new URL(primary.url)
  const source = `host=${hostname} port=${port} user=${username} password=${password}`
  const standby = await startPostgres({
    ...testPostgres(),
    dataDir: standbyDir,
    settings: { ...settings, primary_conninfo: source },
  })
  await untilStreaming(primary.url)
  const proxy = await openProxy(primary.port)
  return {
    url: Object.assign(new URL(primary.url), { port: String(proxy.port) }).href,
    standbyUrl: standby.url,
    throughBoth: (url) =>
      `postgres://${username}:${password}@127.0.0.1:${port},127.0.0.1:${standby.port}${new URL(url).pathname}`,
    stopPrimary: primary.stop,
    connectToStandby: () => proxy.leadTo(standby.port),
    close: async () => {
      await proxy.close()
      await standby.stop()
      await primary.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilStreaming(url: string): Promise<void> {
  const admin = openAdmin(url)
  await until('the standby streams from the primary', async () => {
    const { rows } = await sql`select from pg_stat_replication where state = 'streaming'`.execute(admin.db)
    return rows.length > 0
  })
  await admin.close()
}

async function openProxy(
  firstPort: number,
): Promise<{ port: number; leadTo(port: number): void; close(): Promise<void> }> {
  let target = firstPort
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const onwards = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [client, onwards],
      [onwards, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    leadTo: (port) => {
      target = port
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
