import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { copyNative } from './native-copy.ts'
import { canRunFrom, linkLibraries, type NativePackage } from './native-package.ts'
import { type ServerIdentity, spawnAs } from './server-identity.ts'
import { findTemporaryDir } from './temporary-dir.ts'

export type PostgresBinaries = {
  initdb: string
  postgres: string
  /** For example 18. A data folder belongs to one major version. */
  major: number
}

/** Binaries that the server's user can run, for any state of the installation. */
export async function findPostgresBinaries(identity: ServerIdentity | undefined): Promise<PostgresBinaries> {
  const installed = await findNativePackage()
  const nativeDir = await prepareNative(installed, identity)
  return {
    initdb: join(nativeDir, 'bin', 'initdb'),
    postgres: join(nativeDir, 'bin', 'postgres'),
    major: Number.parseInt(installed.version, 10),
  }
}

/** Those of a folder, such as `/usr/lib/postgresql/15/bin` of Debian. */
export async function readPostgresBinaries(
  binDir: string,
  identity: ServerIdentity | undefined,
): Promise<PostgresBinaries> {
  const postgres = join(binDir, 'postgres')
  const run = promisify(execFile)(postgres, ['--version'], { ...spawnAs(identity), cwd: '/' })
  const { stdout } = await run.catch((cause: unknown) => {
    throw new EmbeddedPostgresError(
      'no-binaries',
      `${postgres} cannot be run. Name the folder that has initdb and postgres.`,
      { cause },
    )
  })
  const major = Number(/^postgres \(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
  return { initdb: join(binDir, 'initdb'), postgres, major }
}

async function findNativePackage(): Promise<NativePackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'no-binaries',
      `There are no Postgres binaries for ${process.platform}-${process.arch}: the package ${name} is not installed. ` +
        'Install again with optional dependencies, or, on a platform without that package, run your own ' +
        'Postgres (docker-compose.yml has one) and configure its address.',
      { cause },
    )
  }
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
  return { root, version: String(version) }
}

/**
 * The folder to run from: the package's own if the server's user can use it, otherwise a copy below the system's temporary
 * folder.
 */
export async function prepareNative(
  installed: NativePackage,
  identity: ServerIdentity | undefined,
  temporaryDirs?: string[],
): Promise<string> {
  const linked = await linkLibraries(installed.root)
  if (linked && (await canRunFrom(installed.root, identity))) return join(installed.root, 'native')
  const temporaryDir = await findTemporaryDir(identity, temporaryDirs)
  return join(await copyNative(installed, temporaryDir), 'native')
}
