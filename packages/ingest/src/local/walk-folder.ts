import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { compareKeys } from '@aftercall/storage/listing/compare-keys'
import { failureOf, type LocalFile, lookAtFile } from './local-file.ts'
import { isTemporaryName } from './temporary-name.ts'

/** What a walk leaves out. Never throws. */
export type WalkEvents = {
  unreadable(path: string, code: string): void
  /** Left out by its name: not complete yet, or hidden. */
  temporary(): void
  /** A link, a pipe, a socket or a device. */
  notFile(): void
}

/** Names in memory at the same time, which bounds a walk through a folder of a million files. */
const namesMaxByDefault = 10_000
const looksInFlightMax = 64

/**
 * Every regular file below a folder, some at a time, and never a link. The order is that of a listing (the bytes of the whole
 * path), but in a folder of more than 10,000 names only within each 10,000.
 */
export async function* walkFolder(
  folder: string,
  events: WalkEvents,
  namesMax = namesMaxByDefault,
): AsyncGenerator<LocalFile[]> {
  for await (const names of readNames(folder, events, namesMax)) {
    let files: string[] = []
    for (const name of names) {
      const path = join(folder, name)
      if (!name.endsWith('/')) files.push(path)
      if (files.length === looksInFlightMax || name.endsWith('/')) {
        yield await lookAtAll(files, events)
        files = []
      }
      if (name.endsWith('/')) yield* walkFolder(path.slice(0, -1), events, namesMax)
    }
    yield await lookAtAll(files, events)
  }
}

/** The names of files and, with a slash behind them, of folders, sorted. */
async function* readNames(folder: string, events: WalkEvents, namesMax: number): AsyncGenerator<string[]> {
  let names: string[] = []
  try {
    for await (const entry of await opendir(folder, { bufferSize: 1_024 })) {
      const name = nameOf(entry, events)
      if (name === undefined) continue
      names.push(name)
      if (names.length < namesMax) continue
      yield names.sort(compareKeys)
      names = []
    }
  } catch (error) {
    const failure = failureOf(folder, error)
    if (failure.kind === 'unreadable') events.unreadable(failure.path, failure.code)
  }
  yield names.sort(compareKeys)
}

function nameOf(entry: Dirent, events: WalkEvents): string | undefined {
  if (isTemporaryName(entry.name)) events.temporary()
  else if (entry.isDirectory()) return `${entry.name}/`
  else if (entry.isFile()) return entry.name
  else events.notFile()
  return undefined
}

async function lookAtAll(paths: readonly string[], events: WalkEvents): Promise<LocalFile[]> {
  const files: LocalFile[] = []
  for (const looked of await Promise.all(paths.map(lookAtFile))) {
    if (looked.kind === 'file') files.push(looked.file)
    else if (looked.kind === 'unreadable') events.unreadable(looked.path, looked.code)
    else if (looked.kind === 'no-file') events.notFile()
  }
  return files
}
