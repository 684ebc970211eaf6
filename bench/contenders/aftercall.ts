import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Contender, ContenderPlace } from '../harness/contender.ts'
import { sources } from '../mix/mix.ts'
import { startWorkerProcess } from '../worker-process.ts'

/** The released `aftercall worker` with a minimal configuration: only settings that have no default. */
export async function startAftercall(
  place: ContenderPlace,
  command: string,
  worker: Record<string, number> = {},
): Promise<Contender> {
  const { aws, queue, queueUrl, databaseUrl } = place
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  const file = join(dir, 'aftercall.yaml')
  const database = { url: databaseUrl, allowSuperuser: true }
  const queues = { live: { url: queueUrl } }
  await writeFile(file, JSON.stringify({ database, queues, sources, worker, http: { port: 0 } }))
  const started = await startWorkerProcess(file, aws.environment, command)
  await rm(dir, { recursive: true })
  return { name: queue, pids: [started.pid], queue, databaseUrl, stop: started.stop }
}

/** Builds the released command. */
export async function buildAftercall(): Promise<string> {
  const place = new URL('../../node_modules/.cache/aftercall-bench', import.meta.url).pathname
  const script = new URL('../../services/cli/scripts/build.ts', import.meta.url).pathname
  await promisify(execFile)(process.execPath, [script, place])
  return join(place, 'aftercall.js')
}
