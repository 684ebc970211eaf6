import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Contender } from '../harness/contender.ts'
import type { Bench } from '../harness/open-bench.ts'
import { startAftercall } from './aftercall.ts'

const run = promisify(execFile)

/**
 * `aftercall worker` of another checkout of this repository, as it builds it, on a database that its own migrations have
 * made. The checkout needs its `node_modules`.
 */
export async function startCheckout(bench: Bench, name: string, folder: string): Promise<Contender> {
  const place = await bench.makeEmptyPlace(name)
  const built = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  bench.releasers.register(`build of ${name}`, () => rm(built, { recursive: true, force: true }))
  const root = resolve(folder)
  await run(process.execPath, [join(root, 'services/cli/scripts/build.ts'), built], { cwd: root })
  const command = join(built, 'aftercall.js')
  const config = join(built, 'migrate.yaml')
  const database = { url: place.databaseUrl, allowSuperuser: true }
  await writeFile(config, JSON.stringify({ database }))
  await run(process.execPath, [command, 'migrate', '--config', config], { cwd: built })
  const contender = await startAftercall(place, command)
  bench.releasers.register(name, contender.stop)
  return { ...contender, name }
}
