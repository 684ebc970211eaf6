import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import type { Bench } from '../harness/open-bench.ts'
import { cpuMsOf } from '../harness/process-usage.ts'
import { watchSessions } from '../harness/watch-sessions.ts'

export type BackfillRun = {
  workers: number
  files: number
  filesPerSecond: number
  /** Of the first process, which with workers only lists and compares. */
  firstCpuMsPerFile: number
  workersCpuMsPerFile: number
  postgresCpuMsPerFile: number
}

export type BackfillPlace = { bench: Bench; command: string; storeUrl: string; databaseUrl: string }

/** Runs `aftercall backfill --workers` on a bucket. CPU is counted once its processes are warm: after `warmFiles`. */
export async function runBackfillCommand(
  { bench, command, storeUrl, databaseUrl }: BackfillPlace,
  { workers, warmFiles }: { workers: number; warmFiles: number },
): Promise<BackfillRun> {
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  const config = join(dir, 'aftercall.yaml')
  const database = { url: databaseUrl, allowSuperuser: true }
  const sources = [{ name: 'bench', bucket: 'bench', prefix: 'metadata/' }]
  await writeFile(config, JSON.stringify({ database, sources }))
  const args = ['backfill', '--config', config, '--source', 'bench', '--workers', String(workers), '--json']
  const child = spawn(command, args, {
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: process.env.HOME,
      ...bench.aws.environment,
      AWS_ENDPOINT_URL_S3: storeUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let stdout = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  await untilRuns(child)
  const warm = await untilLoaded(databaseUrl, warmFiles, child)
  const startedMs = performance.now()
  const sessions = await watchSessions(bench.postgres, databaseUrl)
  const cpu = watchProcesses(child.pid ?? 0)
  const [code] = await ended
  const seconds = (performance.now() - startedMs) / 1_000
  const { firstMs, othersMs } = await cpu.stop()
  const postgresMs = await sessions.stop()
  await rm(dir, { recursive: true })
  const { end, counts } = JSON.parse(stdout || '{}')
  if (code !== 0 || end !== 'done') throw new Error(`the backfill ended with ${code}: ${stdout}`)
  const measured = Number(counts.stored) - warm
  return {
    ...{ workers, files: Number(counts.stored), filesPerSecond: measured / seconds },
    firstCpuMsPerFile: firstMs / measured,
    workersCpuMsPerFile: othersMs / measured,
    postgresCpuMsPerFile: postgresMs / measured,
  }
}

/** Resolves with how many files are loaded once there are this many. */
async function untilLoaded(databaseUrl: string, files: number, { exitCode }: ChildProcess): Promise<number> {
  const { db, close } = openBenchDatabase(databaseUrl)
  try {
    for (;;) {
      const { rows } = await sql<{ files: number }>`select count(*)::int as files from ingest.object`.execute(
        db,
      )
      const loaded = rows[0]?.files ?? 0
      if (loaded >= files) return loaded
      if (exitCode !== null)
        throw new Error(`the backfill ended with ${exitCode} before ${files} files were loaded`)
      await wait(100)
    }
  } finally {
    await close()
  }
}

/** It names the run once its workers are ready. */
async function untilRuns({ stderr }: ChildProcess): Promise<void> {
  if (stderr === null) throw new Error('the command has no stderr')
  let last = ''
  for await (const line of createInterface({ input: stderr })) {
    last = line
    if (line.startsWith('Run ')) {
      stderr.resume()
      return
    }
  }
  throw new Error(`the backfill did not begin: ${last}`)
}

/** CPU of a process and of its children from now on, as they were last read. */
function watchProcesses(first: number): { stop(): Promise<{ firstMs: number; othersMs: number }> } {
  const before = new Map<number, number>()
  const last = new Map<number, number>()
  const stopping = new AbortController()

  async function readAgainAndAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const pid of [first, ...(await childrenOf(first))]) {
        const cpuMs = cpuMsOf(pid)
        if (!before.has(pid)) before.set(pid, cpuMs)
        last.set(pid, Math.max(cpuMs, last.get(pid) ?? 0))
      }
      await wait(50, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const reading = readAgainAndAgain()
  const of = (pid: number): number => (last.get(pid) ?? 0) - (before.get(pid) ?? 0)
  return {
    async stop() {
      stopping.abort()
      await reading
      const others = [...last.keys()].filter((pid) => pid !== first)
      return { firstMs: of(first), othersMs: others.reduce((sum, pid) => sum + of(pid), 0) }
    },
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = names.map(async (name) => {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent ? [Number(name)] : []
  })
  return (await Promise.all(found)).flat()
}
