import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalFile, lookAtFile } from './local-file.ts'
import { createWaitingFiles } from './waiting-files.ts'

let folder: string
let nowMs = 0
const waitingFiles = () => createWaitingFiles({ settleMs: 2_000, filesMax: 2, nowMs: () => nowMs })

beforeEach(async () => {
  nowMs = 0
  folder = await mkdtemp(join(tmpdir(), 'aftercall-waiting-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(name: string): Promise<LocalFile> {
  await writeFile(join(folder, name), 'one')
  const looked = await lookAtFile(join(folder, name))
  if (looked.kind !== 'file') throw new Error(looked.kind)
  return looked.file
}

test('a file is taken once, when it has stayed unchanged for long enough', async () => {
  const waiting = waitingFiles()
  const file = await write('a.json')
  waiting.add(file)
  nowMs = 1_999
  expect(await waiting.takeSettled()).toEqual([])
  nowMs = 2_000
  expect(await waiting.takeSettled()).toEqual([file])
  expect(waiting.has(file.path)).toBe(false)
  expect(await waiting.takeSettled()).toEqual([])
})

test('a file that was written to waits again, from when the change was seen', async () => {
  const waiting = waitingFiles()
  const file = await write('a.json')
  waiting.add(file)
  await appendFile(file.path, 'two')
  nowMs = 2_000
  expect(await waiting.takeSettled()).toEqual([])
  nowMs = 3_999
  expect(await waiting.takeSettled()).toEqual([])
  nowMs = 4_000
  const [taken] = await waiting.takeSettled()
  expect(taken?.path).toBe(file.path)
  expect(taken?.version).not.toBe(file.version)
})

test('a file that was renamed or replaced by a folder no longer waits', async () => {
  const waiting = waitingFiles()
  const file = await write('a.json')
  waiting.add(file)
  await rename(file.path, join(folder, 'b.json'))
  nowMs = 2_000
  expect(await waiting.takeSettled()).toEqual([])
  expect(waiting.has(file.path)).toBe(false)
})

test('I8 the number of waiting files is bounded', async () => {
  const waiting = waitingFiles()
  waiting.add(await write('a.json'))
  expect(waiting.isFull()).toBe(false)
  waiting.add(await write('b.json'))
  expect(waiting.isFull()).toBe(true)
})
