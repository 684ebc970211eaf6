import { readdir, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  isPrivateFolder,
  makePrivateFolder,
  NotPrivateError,
  readPrivateFile,
  writePrivateFile,
} from '@aftercall/runtime/process/private-folder'
import { startTicksOf } from '@aftercall/runtime/process/process-identity'
import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

const demoState = z.object({
  pid: z.int().positive(),
  /** When the process started, to tell it from a later one with the same id. Null where the system does not say. */
  bornAt: z.string().nullable(),
  startedAt: z.iso.datetime(),
  /** The whole configuration, as a user would write it. */
  configPath: z.string(),
  /** The same with the login that owns the tables, for the commands that need it. */
  ownerConfigPath: z.string(),
  /** The variables that point the AWS SDK to the demo's S3 and SQS. */
  awsEnvironment: z.record(z.string(), z.string()),
})

/** How commands find a running demo. It leads to the demo's passwords, so only this user may access its folder. */
export type DemoState = z.output<typeof demoState>

export type DemosFound = {
  /** The running demos, newest first. */
  demos: DemoState[]
  /** Messages about folders and files that were not used because another user could have written them. */
  refused: string[]
}

export type DemoFiles = {
  configText: string
  ownerConfigText: string
  awsEnvironment: Record<string, string>
}

export type RecordedDemo = { configPath: string; remove(): Promise<void> }

/** Where states may be. A demo writes to the first usable folder; commands look in all of them. */
function stateFolders({ XDG_RUNTIME_DIR, XDG_STATE_HOME, HOME }: Environment): string[] {
  const state = XDG_STATE_HOME || join(HOME || homedir(), '.local', 'state')
  return [XDG_RUNTIME_DIR, state].flatMap((folder) => (folder ? [join(folder, 'aftercall')] : []))
}

/**
 * Writes the state and the two configurations of the demo that runs in this process.
 * @throws the error of the last folder, if none is usable
 */
export async function recordDemo(
  env: Environment,
  { configText, ownerConfigText, awsEnvironment }: DemoFiles,
): Promise<RecordedDemo> {
  const folder = await openStateFolder(stateFolders(env))
  const { pid } = process
  const statePath = join(folder, stateName(pid))
  const [configPath = '', ownerConfigPath = ''] = configNames(pid).map((name) => join(folder, name))
  const remove = async (): Promise<void> => {
    await Promise.all([statePath, configPath, ownerConfigPath].map((path) => rm(path, { force: true })))
  }
  // An earlier process with the same id may have left its files.
  await remove()
  const startedAt = new Date().toISOString()
  const bornAt = startTicksOf(pid) ?? null
  const state: DemoState = { pid, bornAt, startedAt, configPath, ownerConfigPath, awsEnvironment }
  await writePrivateFile(configPath, configText)
  await writePrivateFile(ownerConfigPath, ownerConfigText)
  await writePrivateFile(statePath, JSON.stringify(state))
  return { configPath, remove }
}

async function openStateFolder(folders: readonly string[]): Promise<string> {
  let failure: unknown
  for (const folder of folders) {
    try {
      await makePrivateFolder(folder)
      return folder
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Also removes the files of demos that were killed. */
export async function findDemos(env: Environment): Promise<DemosFound> {
  const found: DemosFound = { demos: [], refused: [] }
  for (const folder of stateFolders(env)) {
    await collectDemos(folder, found).catch((error: unknown) => {
      if (!(error instanceof NotPrivateError)) throw error
      found.refused.push(error.message)
    })
  }
  found.demos.sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1))
  return found
}

async function collectDemos(folder: string, found: DemosFound): Promise<void> {
  if (!(await isPrivateFolder(folder))) return
  for (const name of await readdir(folder)) {
    const pid = Number(/^demo-(\d+)\.json$/.exec(name)?.[1])
    if (!Number.isInteger(pid)) continue
    const state = await readState(join(folder, name), found)
    if (state === undefined) continue
    if (state !== 'unreadable' && state.pid === pid && isRunning(state)) found.demos.push(state)
    else await Promise.all([name, ...configNames(pid)].map((file) => rm(join(folder, file), { force: true })))
  }
}

/** Undefined when the file must not be used, or was removed in the meantime. */
async function readState(
  path: string,
  { refused }: DemosFound,
): Promise<DemoState | 'unreadable' | undefined> {
  try {
    const text = await readPrivateFile(path)
    if (text === undefined) return undefined
    return demoState.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof NotPrivateError) {
      refused.push(error.message)
      return undefined
    }
    // Written by another release, or by a process that was killed while writing.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return 'unreadable'
    throw error
  }
}

function configNames(pid: number): string[] {
  return [`demo-${pid}.yaml`, `demo-${pid}-owner.yaml`]
}

function stateName(pid: number): string {
  return `demo-${pid}.json`
}

function isRunning({ pid, bornAt }: DemoState): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return bornAt === (startTicksOf(pid) ?? null)
}
