import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { afterAll, beforeEach } from 'vitest'
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startPostgres } from './postgres.ts'
import { releaseAfterEach } from './releases.fixture.ts'

export const isRoot = process.getuid?.() === 0

export type PostgresBench = {
  /** A folder for this test, which the server's user can enter. */
  base(): string
  releaseAfter(release: () => unknown): void
  /** Starts Postgres in `data` below the folder. */
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>
  /** Leaves in `data` what a server left that was started there and stopped. Making a new one takes ten times as long. */
  putCluster(): Promise<void>
  startInOtherProcess(dataDir: string, ids?: { uid?: number; gid?: number }): Promise<StartedElsewhere>
}

export type StartedElsewhere = { child: ChildProcess; url: string; pid: number; uid: number; error?: string }

/** A new folder for each test of the file. Servers started in it are stopped after the test. */
export function setUpPostgresBench(): PostgresBench {
  const releaseAfter = releaseAfterEach()
  let base = ''
  let cluster: Promise<string> | undefined
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
    releaseAfter(() => rm(base, { recursive: true, force: true }))
    if (isRoot) await chmod(base, 0o711)
  })
  afterAll(async () => {
    if (cluster !== undefined) await rm(await cluster, { recursive: true, force: true })
  })
  return {
    base: () => base,
    releaseAfter,
    async start(options = {}) {
      const postgres = await startPostgres({ dataDir: join(base, 'data'), ...options })
      releaseAfter(postgres.stop)
      return postgres
    },
    async putCluster() {
      cluster ??= makeCluster()
      await cp(join(await cluster, 'data'), join(base, 'data'), { recursive: true })
    },
    startInOtherProcess: (dataDir, ids = {}) => startInOtherProcess(releaseAfter, dataDir, ids),
  }
}

async function makeCluster(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  if (isRoot) await chmod(folder, 0o711)
  const postgres = await startPostgres({ dataDir: join(folder, 'data') })
  await postgres.stop()
  return folder
}

async function startInOtherProcess(
  releaseAfter: (release: () => unknown) => void,
  dataDir: string,
  ids: { uid?: number; gid?: number },
): Promise<StartedElsewhere> {
  const script = join(import.meta.dirname, 'postgres.fixture.ts')
  const child = spawn(process.execPath, [script, dataDir], { ...ids, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  releaseAfter(() => {
    child.kill('SIGKILL')
    return ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ...(JSON.parse(line) as Omit<StartedElsewhere, 'child'>) }
  }
  throw new Error('the process ended without output')
}

export async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

/** A zombie counts as gone: in some containers nothing reaps orphans. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return / Z /.test(status)
}

/** Processes of this group, without zombies. */
export async function livingMembers(group: number): Promise<string[]> {
  const ps = spawn('ps', ['-A', '-o', 'pgid=,stat='], { stdio: ['ignore', 'pipe', 'inherit'] })
  const members: string[] = []
  for await (const line of createInterface({ input: ps.stdout })) {
    const [pgid, state = ''] = line.trim().split(/\s+/)
    if (pgid === String(group) && !state.startsWith('Z')) members.push(line)
  }
  return members
}
