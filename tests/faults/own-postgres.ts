import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { inject } from 'vitest'

/** A server that one test file has for itself and may break; always at the same address. */
export type OwnPostgres = {
  url: string
  /** Fast shutdown: sessions are ended, files are in order. */
  stop(): Promise<void>
  /** Immediate shutdown: as after a crash, the next start recovers from the log. */
  crash(): Promise<void>
  /** All its processes stand still: sockets stay open and get no answer. */
  freeze(): Promise<void>
  thaw(): void
  /** Runs again after any of these. */
  restore(): Promise<void>
  close(): Promise<void>
}

export async function startOwnPostgres(settings: Record<string, string> = {}): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-faults-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  await cp(inject('cluster'), join(folder, 'postgres'), { recursive: true })
  const start = (port?: number) =>
    startPostgres({
      ...testPostgres(),
      dataDir: join(folder, 'postgres'),
      settings: { fsync: 'off', ...settings },
      ...(port === undefined ? {} : { port }),
    })
  let server: EmbeddedPostgres | undefined = await start()
  const { url, port } = server
  let frozen: number[] = []

  function thaw(): void {
    for (const pid of frozen) signal(pid, 'SIGCONT')
    frozen = []
  }
  async function stop(): Promise<void> {
    thaw()
    await server?.stop()
    server = undefined
  }
  return {
    url,
    stop,
    thaw,
    crash: async () => {
      if (server !== undefined) signal(server.pid, 'SIGQUIT')
      await stop()
    },
    freeze: async () => {
      if (server === undefined) throw new Error('there is no server to freeze')
      frozen = await freezeAll(url, server.pid)
    },
    restore: async () => {
      thaw()
      server ??= await start(port)
    },
    close: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The parent first, so that no process is added behind the back of the one that lists them. */
async function freezeAll(url: string, parent: number): Promise<number[]> {
  const admin = openAdmin(url)
  try {
    return await admin.db.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection)
      signal(parent, 'SIGSTOP')
      const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity
        where pid <> pg_backend_pid()`.execute(connection)
      const pids = [parent, ...rows.map(({ pid }) => pid)]
      for (const pid of pids) signal(pid, 'SIGSTOP')
      return pids
    })
  } finally {
    await admin.close()
  }
}

/** One connection, for what is done to the server and not to the product's tables. */
export function openAdmin(url: string): DatabaseHandle {
  return openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-faults',
    statementTimeoutSeconds: 60,
    onIdleError: () => {},
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}
