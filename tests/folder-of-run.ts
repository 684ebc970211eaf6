import { access, chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning } from './is-running.ts'

/** Linux keeps what is here in memory. A container may have only some megabytes of it. */
const memoryFolder = '/dev/shm'
/** Far above what the databases of a run take at any time. */
const bytesMin = 4 * 1024 ** 3

/**
 * A new folder for all temporary files of a run, in memory where there is enough: to copy and to remove the files of a database
 * there takes a sixth of the CPU that a disk takes. As open as /tmp, because root's Postgres runs as another user.
 */
export async function makeFolderOfRun(): Promise<string> {
  const parent = (await hasMemory()) ? memoryFolder : tmpdir()
  await removeLeftOvers(parent)
  const folder = await mkdtemp(join(parent, `aftercall-run-${process.pid}-`))
  await chmod(folder, 0o1777)
  return folder
}

async function hasMemory(): Promise<boolean> {
  try {
    await access(memoryFolder)
    const { bavail, bsize } = await statfs(memoryFolder)
    return bavail * bsize >= bytesMin
  } catch {
    return false
  }
}

/** Of runs that were killed. */
async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = /^aftercall-run-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true })
  }
}
