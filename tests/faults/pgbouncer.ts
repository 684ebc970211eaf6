import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../e2e/until.ts'

/** Where the Debian package puts it. Undefined if it is not installed. */
export const pgbouncerPath = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path))

export type PgBouncer = {
  /** That URL, by way of the pooler. */
  through(url: string): string
  close(): Promise<void>
}

/** PgBouncer with its own defaults, except for the mode and for as many sessions as docs/postgres.md asks for. */
export async function startPgBouncer(serverUrl: string, mode: 'session' | 'transaction'): Promise<PgBouncer> {
  if (pgbouncerPath === undefined) throw new Error('pgbouncer is not installed')
  const { hostname, port, username, password } = new URL(serverUrl)
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-pgbouncer-'))
  // Root's PgBouncer runs as another user, who has to read its files.
  await chmod(folder, 0o755)
  const ownPort = await findPort()
  const users = join(folder, 'users.txt')
  await writeFile(users, `"${username}" "${password}"\n`)
  const config = join(folder, 'pgbouncer.ini')
  await writeFile(
    config,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = 20
`,
  )
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(pgbouncerPath, [...asOther, config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  child.stderr.on('data', (bytes) => lines.push(String(bytes)))
  await until('pgbouncer accepts connections', async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${lines.join('')}`)
    return isOpen(ownPort)
  })
  return {
    through: (url) => Object.assign(new URL(url), { port: String(ownPort) }).href,
    close: async () => {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // At once: with SIGINT it would wait for its clients.
  child.kill('SIGTERM')
  await ended
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
