import { chmod, chown, cp, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRoot, query, setUpPostgresBench } from './postgres-bench.fixture.ts'
import { findClosedFolder, nobodyOf, spawnAs } from './server-identity.ts'

const { base, releaseAfter, start, startInOtherProcess } = setUpPostgresBench()

describe.runIf(isRoot)('as root', () => {
  const nobody = nobodyOf('')

  test('the server runs as nobody, and its folder belongs to it', async () => {
    const postgres = await start()
    const stats = await stat(join(base(), 'data'))
    expect(stats.uid).not.toBe(0)
    expect(stats.mode & 0o777).toBe(0o700)
    if (process.platform !== 'linux') return
    const status = await readFile(`/proc/${postgres.pid}/status`, 'utf8')
    expect(status).toMatch(new RegExp(`^Uid:\\s+${stats.uid}\\s+${stats.uid}\\s`, 'm'))
    expect(status).toMatch(/^Groups:\s*$/m)
  })

  test('missing parents of the folder are created so that the server can enter them', async () => {
    const before = process.umask(0o077)
    releaseAfter(() => process.umask(before))
    const postgres = await start({ dataDir: join(base(), 'not', 'there', 'data') })
    expect(await query(postgres.url, 'select 1')).toEqual([[1]])
  })

  test('a parent that the server cannot enter is an error with its path', async () => {
    const closed = join(base(), 'closed')
    await mkdir(closed, { mode: 0o700 })
    await expect(start({ dataDir: join(closed, 'in', 'data') })).rejects.toMatchObject({
      code: 'unreachable-folder',
      message: expect.stringContaining(`cannot enter ${closed}.`),
    })
  })

  test('a folder that root has copied is handed to the server', async () => {
    await (await start()).stop()
    await cp(join(base(), 'data'), join(base(), 'copy'), { recursive: true })
    await chmod(join(base(), 'copy'), 0o755)
    const postgres = await start({ dataDir: join(base(), 'copy') })
    expect(await query(postgres.url, 'select 1')).toEqual([[1]])
  })

  test('another user can also start it, and root then runs the server as that user', async (context) => {
    if ((await findClosedFolder(import.meta.dirname, nobody)) !== undefined) context.skip()
    const home = join(base(), 'home')
    await mkdir(home)
    await chown(home, nobody.uid, nobody.gid)
    const { child, uid, url, error } = await startInOtherProcess(join(home, 'data'), spawnAs(nobody))
    expect(error).toBeUndefined()
    expect(uid).toBe(nobody.uid)
    expect(await query(url, 'select 1')).toEqual([[1]])
    child.stdin?.end()
    await new Promise((resolve) => child.once('exit', resolve))
    const postgres = await start({ dataDir: join(home, 'data') })
    expect((await stat(join(home, 'data', 'postmaster.pid'))).uid).toBe(nobody.uid)
    await postgres.stop()
  })
})
