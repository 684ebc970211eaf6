import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { UsageError } from '../cli-context.ts'
import { envFileName, type InitFile, initFileNames } from './init-files.ts'

/** Throws a `UsageError` that names the files that are there already. */
export function requireNoFiles(folder: string): void {
  const there = initFileNames.filter((name) => existsSync(join(folder, name)))
  if (there.length === 0) return
  throw new UsageError(
    `${folder} has ${there.join(', ')} already; nothing was written.`,
    `Name another folder, or write them again with --force, which keeps the secrets in ${envFileName}.`,
  )
}

/** The text of an earlier `aftercall.env`; empty if there is none. */
export async function readEarlierEnv(folder: string): Promise<string> {
  const file = join(folder, envFileName)
  if (!existsSync(file)) return ''
  return await readFile(file, 'utf8').catch((error: unknown) => refuse(`read ${file}`, error))
}

/** Writes all files or, if one cannot be written, none: each is complete beside its place before it takes it. */
export async function writeInitFiles(folder: string, files: readonly InitFile[]): Promise<void> {
  const partOf = (name: string): string => join(folder, `.${name}.${process.pid}`)
  try {
    // Without `recursive`, with which Node never returns where a file system says "no such file" (/proc).
    if (!existsSync(folder)) await mkdir(folder)
    for (const { name, text, mode } of files) await writeFile(partOf(name), text, { mode, flag: 'wx' })
    for (const { name } of files) await rename(partOf(name), join(folder, name))
  } catch (error) {
    for (const { name } of files) await rm(partOf(name), { force: true }).catch(() => {})
    refuse(`write into ${folder}`, error)
  }
}

function refuse(what: string, error: unknown): never {
  throw new UsageError(`cannot ${what}: ${describeError(error)}. Name another folder: aftercall init FOLDER`)
}
