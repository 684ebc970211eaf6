import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedPostgresError, hasErrno } from './embedded-postgres-error.ts'

/** What `postmaster.pid`, which a running server keeps in its data folder, says. */
export type PostmasterFile = { pid: number; isReady: boolean; isStopping: boolean }

const shutdownMs = 20_000
// Its watcher tells a server whose parent was killed within milliseconds.
const shutdownBeginMs = 2_000
const pollMs = 25

/** Undefined when no server runs here and none was killed here. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  let lines: string[]
  try {
    lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
  // Line 8 is the state; the file grows while the server starts.
  const state = lines[7]?.trim()
  return { pid: Number(lines[0]), isReady: state === 'ready', isStopping: state === 'stopping' }
}

/**
 * A machine that lost power leaves the file behind, and after the restart its process id may belong to
 * anything of the same user: Postgres would refuse to start. A server that is on its way out (its parent was
 * killed a moment ago) is waited for.
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

/** In doubt, yes: two servers on one folder destroy it. */
async function mayBeServerOf(pid: number, dataDir: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // A process that ended but was not waited for has no command line left.
    if (command === '') return false
    const program = command.split('\0')[0] ?? ''
    if (!/(^|\/)postgres$/.test(program)) return false
    // A server works in its data folder, also after the folder was renamed.
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
