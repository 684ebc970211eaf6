import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isGone, livingMembers, query, setUpPostgresBench } from './postgres-bench.fixture.ts'

const { base, putCluster, releaseAfter, start } = setUpPostgresBench()

describe('startPostgres', () => {
  test('a new folder becomes a UTF-8 database on 127.0.0.1 only, protected by a password', async () => {
    const postgres = await start()
    const [row] = await query(
      postgres.url,
      `select current_setting('server_encoding'), current_setting('listen_addresses'),
              current_setting('unix_socket_directories'), lower('ÄÖ'), 'a' > 'B', current_setting('fsync')`,
    )
    expect(row).toEqual(['UTF8', '127.0.0.1', '', 'äö', true, 'on'])
    const wrong = postgres.url.replace(/:[^:@]+@/, ':wrong@')
    await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed')
  })

  test('stop ends the server, and may be called again', async () => {
    await putCluster()
    const postgres = await start()
    // It leads its own process group, which Ctrl-C in our terminal does not reach.
    expect(await livingMembers(postgres.pid)).not.toEqual([])
    await Promise.all([postgres.stop(), postgres.stop()])
    await postgres.stop()
    expect(await isGone(postgres.pid)).toBe(true)
    await vi.waitUntil(async () => (await livingMembers(postgres.pid)).length === 0, 60_000)
    expect(existsSync(join(base(), 'data', 'postmaster.pid'))).toBe(false)
  })

  test('the data and the password survive a restart', async () => {
    const first = await start()
    await query(first.url, 'create table kept (n int)')
    await first.stop()
    const second = await start({ port: first.port })
    expect(second.url).toBe(first.url)
    expect(await query(first.url, 'select count(*)::int from kept')).toEqual([[0]])
    expect((await stat(join(base(), 'data', 'aftercall-password'))).mode & 0o777).toBe(0o600)
  })

  test('settings of the run reach the server', async () => {
    await putCluster()
    const postgres = await start({ settings: { fsync: 'off', work_mem: '7MB' } })
    expect(await query(postgres.url, 'show fsync')).toEqual([['off']])
    expect(await query(postgres.url, 'show work_mem')).toEqual([['7MB']])
  })

  test('the log contains no values of failed statements', async () => {
    await putCluster()
    const lines: string[] = []
    const postgres = await start({ onLog: (line) => lines.push(line) })
    await query(postgres.url, 'create table once (id text primary key)')
    await query(postgres.url, `insert into once values ('secret-value')`)
    const again = query(postgres.url, `insert into once values ('secret-value')`)
    await expect(again).rejects.toThrow('duplicate key')
    await expect(query(postgres.url, `select 'secret-value'::int`)).rejects.toThrow('invalid input syntax')
    await postgres.stop()
    expect(lines.join('\n')).toContain('database system is ready')
    expect(lines.join('\n')).not.toContain('secret-value')
  })

  test('a server that was killed starts again on its folder', async () => {
    await putCluster()
    const first = await start()
    await query(first.url, 'create table kept (n int)')
    process.kill(first.pid, 'SIGKILL')
    await vi.waitUntil(() => isGone(first.pid), 60_000)
    const second = await start()
    expect(await query(second.url, 'select count(*)::int from kept')).toEqual([[0]])
  })

  test('a process id that now belongs to another program does not block a start', async () => {
    await putCluster()
    const first = await start()
    await first.stop()
    const file = join(base(), 'data', 'postmaster.pid')
    const ids = await stat(join(base(), 'data'))
    const stranger = spawn('/bin/sh', ['-c', 'read -r nothing'], {
      uid: ids.uid,
      gid: ids.gid,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    releaseAfter(() => stranger.stdin?.end())
    await writeFile(file, `${stranger.pid}\n${join(base(), 'data')}\n1700000000\n5432\n\n127.0.0.1\n`)
    await chown(file, ids.uid, ids.gid)
    const second = await start()
    expect(await query(second.url, 'select 1')).toEqual([[1]])
  })

  test('of two concurrent starts on one new folder, one gets it, and the other reports that it is in use', async () => {
    const results = await Promise.allSettled([start(), start()])
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))
    expect(failed).toEqual([expect.stringMatching(/is using|lock file "postmaster.pid" already exists/)])
  })

  test('a folder with other files is not changed', async () => {
    await mkdir(join(base(), 'data'))
    await writeFile(join(base(), 'data', 'thesis.txt'), 'text')
    await expect(start()).rejects.toMatchObject({ code: 'not-a-cluster' })
    expect(await readFile(join(base(), 'data', 'thesis.txt'), 'utf8')).toBe('text')
  })

  test('a folder of another major version is an error with both versions', async () => {
    await mkdir(join(base(), 'data'))
    await writeFile(join(base(), 'data', 'PG_VERSION'), '15\n')
    await expect(start()).rejects.toThrow(/created by Postgres 15, and Postgres 18 cannot read it/)
  })

  test('a setting that Postgres refuses is an error with the last lines of its log', async () => {
    await expect(start({ settings: { shared_buffers: 'nonsense' } })).rejects.toThrow(
      /shared_buffers.*nonsense/s,
    )
  })

  test('a port in use is an error that says so', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    releaseAfter(() => other.close())
    const { port } = other.address() as { port: number }
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-taken' })
  })
})
