import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { isGone, livingMembers, query, setUpPostgresBench } from './postgres-bench.fixture.ts'

const { base, putCluster, start, startInOtherProcess } = setUpPostgresBench()

describe('when the process that started it', () => {
  beforeEach(putCluster)

  test('is killed with SIGKILL, the server ends and the folder can be used at once', async () => {
    const dataDir = join(base(), 'data')
    const { child, pid, url } = await startInOtherProcess(dataDir)
    await query(url, 'create table kept (n int)')
    child.kill('SIGKILL')
    const second = await start()
    expect(await isGone(pid)).toBe(true)
    expect(await query(second.url, 'select count(*)::int from kept')).toEqual([[0]])
  })

  test('is killed with SIGKILL, nothing of the group is left', async () => {
    const { child, pid } = await startInOtherProcess(join(base(), 'data'))
    child.kill('SIGKILL')
    await vi.waitUntil(() => isGone(pid), { timeout: 60_000 })
    // The watcher checks once a second whether the server has ended.
    await vi.waitUntil(async () => (await livingMembers(pid)).length === 0, { timeout: 60_000 })
  })

  test('ends by itself after stop', async () => {
    const { child, pid } = await startInOtherProcess(join(base(), 'data'))
    const code = new Promise((resolve) => child.once('exit', resolve))
    child.stdin?.end()
    expect(await code).toBe(0)
    expect(await isGone(pid)).toBe(true)
  })
})
