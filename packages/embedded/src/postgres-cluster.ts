import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, chown, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgresError, hasErrno } from './embedded-postgres-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { postgresEnvironment } from './postgres-process.ts'
import { findClosedFolder, makeEnterableFolder, type ServerIdentity, spawnAs } from './server-identity.ts'

const passwordFile = 'aftercall-password'
const initTimeoutMs = 120_000

/**
 * Creates the cluster in `dataDir` unless there is one.
 * @returns the password of its superuser `postgres`, which is stored in the folder.
 */
export async function openCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity | undefined,
): Promise<string> {
  await makeEnterableFolder(dirname(dataDir))
  if (identity !== undefined) await requireWayTo(dirname(dataDir), identity)
  if ((await readMajor(dataDir)) === undefined) await makeCluster(dataDir, binaries, identity)
  await requireMajor(dataDir, binaries.major)
  if (identity !== undefined) await handOver(dataDir, identity)
  return await readPassword(dataDir)
}

async function requireWayTo(parent: string, identity: ServerIdentity): Promise<void> {
  const closed = await findClosedFolder(parent, identity)
  if (closed === undefined) return
  throw new EmbeddedPostgresError(
    'unreachable-folder',
    `Postgres refuses to run as root, so it runs as uid ${identity.uid}, but that user cannot enter ${closed}. ` +
      'Choose another data folder (for example below /var/lib or /tmp), let others enter that folder ' +
      `(chmod o+x ${closed}), or start as a user other than root.`,
  )
}

/** Undefined if there is no cluster in the folder. */
async function readMajor(dataDir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    if (!hasErrno(error, 'EACCES')) throw error
    throw new EmbeddedPostgresError(
      'not-a-cluster',
      `${dataDir} belongs to another user and cannot be read. If it was created as root, start as root ` +
        'again. Otherwise choose another data folder.',
      { cause: error },
    )
  }
}

async function requireMajor(dataDir: string, major: number): Promise<void> {
  const found = await readMajor(dataDir)
  if (found === String(major)) return
  throw new EmbeddedPostgresError(
    'other-major',
    `${dataDir} was created by Postgres ${found}, and Postgres ${major} cannot read it. Choose ` +
      'another data folder, or move the data with pg_dump of the older version.',
  )
}

/**
 * Creates the cluster next to the data folder and renames it. If the process is killed, the data folder is unchanged, and of two
 * concurrent starts the second uses the cluster of the first.
 */
async function makeCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity | undefined,
): Promise<void> {
  const present = await readdir(dataDir).catch(() => [])
  if (present.length > 0) {
    throw new EmbeddedPostgresError(
      'not-a-cluster',
      `${dataDir} contains other files and no Postgres cluster. Choose an empty or new folder.`,
    )
  }
  const workDir = `${dataDir}.${randomUUID()}`
  try {
    await mkdir(workDir, { mode: 0o700 })
    const password = join(workDir, passwordFile)
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (identity !== undefined) {
      await chown(password, identity.uid, identity.gid)
      await chown(workDir, identity.uid, identity.gid)
    }
    const cluster = join(workDir, 'cluster')
    await runInitdb(cluster, password, binaries, identity)
    await rename(password, join(cluster, passwordFile))
    await rename(cluster, dataDir)
  } catch (error) {
    const lostRace = hasErrno(error, 'ENOTEMPTY', 'EEXIST') && (await readMajor(dataDir)) !== undefined
    if (!lostRace) throw error
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}

async function runInitdb(
  cluster: string,
  password: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity | undefined,
): Promise<void> {
  const options = ['--username=postgres', `--pwfile=${password}`, '--auth=scram-sha-256', '--encoding=UTF8']
  options.push(...localeOptions(binaries.major))
  options.push('--no-sync', '--no-instructions')
  try {
    await promisify(execFile)(binaries.initdb, [`--pgdata=${cluster}`, ...options], {
      ...spawnAs(identity),
      cwd: dirname(cluster),
      env: postgresEnvironment(),
      timeout: initTimeoutMs,
    })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new EmbeddedPostgresError('init-failed', `initdb failed: ${said || String(cause)}${musl(cause)}`, {
      cause,
    })
  }
}

/** The built-in provider, which Postgres 17 brought, sorts and folds the same on every machine, independent of its libc. */
function localeOptions(major: number): string[] {
  if (major < 17) return ['--locale=C.UTF-8']
  return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
}

function musl(cause: unknown): string {
  // The file exists, so its loader is missing.
  return hasErrno(cause, 'ENOENT')
    ? ' (the binaries need glibc; Alpine Linux and similar systems have musl)'
    : ''
}

/** Root may have copied or restored the folder. Then the server's user cannot open its files. */
async function handOver(dataDir: string, identity: ServerIdentity): Promise<void> {
  if ((await stat(dataDir)).uid === identity.uid) return
  for (const path of await readdir(dataDir, { recursive: true })) {
    await lchown(join(dataDir, path), identity.uid, identity.gid)
  }
  await chown(dataDir, identity.uid, identity.gid)
  await chmod(dataDir, 0o700)
}

async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(join(dataDir, passwordFile), 'utf8')).trim()
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'not-a-cluster',
      `${dataDir} has no readable file ${passwordFile}: Aftercall did not create this cluster. Choose another folder.`,
      { cause },
    )
  }
}
