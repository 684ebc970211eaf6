import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedPostgresError, hasErrno } from './embedded-postgres-error.ts'

/** The content of `postmaster.pid`, which a running server keeps in its data folder. */
export type PostmasterFile = { pid: number; isReady: boolean; isStopping: boolean }

const shutdownMs = 20_000
// The watcher of a killed parent signals the server within milliseconds.
const shutdownBeginMs = 2_000
const pollMs = 25

/** Undefined if no server runs in the folder and none was killed there. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  let lines: string[]
  try {
    lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
  // Line 8 is the state. The file grows while the server starts.
  const state = lines[7]?.trim()
  return { pid: Number(lines[0]), isReady: state === 'ready', isStopping: state === 'stopping' }
}

/**
 * Removes a file that a power failure left behind. After a restart its process id may belong to another process of the same
 * user, and Postgres would refuse to start. Waits for a server that is stopping because its parent was killed.
 */
export async function clearPostmasterFile(dataDir: string): Promise<void> {
  const beganAt = Date.now()
  for (;;) {
    const file = await readPostmasterFile(dataDir)
    if (file === undefined) return
    if (!(await mayBeServerOf(file.pid, dataDir))) {
      await rm(join(dataDir, 'postmaster.pid'), { force: true })
      return
    }
    if (Date.now() - beganAt > (file.isStopping ? shutdownMs : shutdownBeginMs)) {
      throw new EmbeddedPostgresError(
        'in-use',
        `Another Postgres (process ${file.pid}) is using ${dataDir}. Stop it, or choose another data folder.`,
      )
    }
    await wait(pollMs)
  }
}

/** True if unsure: two servers on one folder would destroy it. */
async function mayBeServerOf(pid: number, dataDir: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // A zombie has no command line.
    if (command === '') return false
    const program = command.split('\0')[0] ?? ''
    if (!/(^|\/)postgres$/.test(program)) return false
    // A server's working directory is its data folder, even after a rename.
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDir))
  } catch (error) {
    return !hasErrno(error, 'ENOENT', 'ESRCH')
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasErrno(error, 'EPERM')
  }
}
