import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { compareKeys } from '@aftercall/storage/listing/compare-keys'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { walkFolder } from './walk-folder.ts'

let base: string
let folder: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aftercall-walk-'))
  folder = join(base, 'inside')
  await mkdir(folder)
})
afterEach(() => rm(base, { recursive: true }))

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), '{}')
  }
}

async function walk(namesMax?: number) {
  const found: string[] = []
  const unreadable: [string, string][] = []
  const passed = { temporary: 0, notFiles: 0 }
  const events = {
    unreadable: (path: string, code: string) => void unreadable.push([path.slice(folder.length), code]),
    temporary() {
      passed.temporary += 1
    },
    notFile() {
      passed.notFiles += 1
    },
  }
  for await (const files of walkFolder(folder, events, namesMax)) {
    found.push(...files.map(({ path }) => path.slice(folder.length + 1)))
  }
  return { found, unreadable, ...passed }
}

test('all files below a folder come in the order of a listing', async () => {
  const names = ['a/x.json', 'a.json', 'a-b/c/d.json', 'B.json', 'é/1.json', '\u{1f600}.json', '\ufffc.json']
  await write(...names)
  expect((await walk()).found).toEqual([...names].sort(compareKeys))
})

test('hidden and temporary names are left out until they are renamed', async () => {
  const left = ['.x.json', '.git/call-1.json', 'x.json~', 'x.json.tmp', 'x.part', 'x.filepart', '.x.swp']
  await write('x.json', 'x.tmp.json', 'part', ...left, 'x.json.crdownload')
  expect(await walk()).toMatchObject({ found: ['part', 'x.json', 'x.tmp.json'], temporary: 8 })
})

test('I7 a link is never followed', async () => {
  await write('x.json')
  await writeFile(join(base, 'outside.json'), '{}')
  await symlink(join(base, 'outside.json'), join(folder, 'file.json'))
  await symlink(base, join(folder, 'outside'))
  await symlink(folder, join(folder, 'circle'))
  await symlink('nowhere', join(folder, 'broken.json'))
  expect(await walk()).toEqual({ found: ['x.json'], unreadable: [], temporary: 0, notFiles: 4 })
})

test('a path that the ledger cannot hold is reported as unreadable, and a folder that is gone is left out', async () => {
  const long = 'x'.repeat(200)
  await write('x.json', `${`${long}/`.repeat(5)}y.json`)
  const { found, unreadable } = await walk()
  expect(found).toEqual(['x.json'])
  expect(unreadable).toEqual([[`/${`${long}/`.repeat(5)}y.json`, 'path_too_long']])
  await rm(folder, { recursive: true })
  expect(await walk()).toMatchObject({ found: [], unreadable: [] })
  await mkdir(folder)
})

test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is reported as unreadable', async () => {
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), '{}')
  expect((await walk()).unreadable).toEqual([['/a\ufffd', 'name_not_utf8']])
})

test('I8 a folder with more names than fit in memory at once is walked completely', async () => {
  const names = Array.from({ length: 250 }, (_, position) => `${position}.json`)
  await Promise.all(names.map((name) => writeFile(join(folder, name), '')))
  const { found } = await walk(100)
  expect(found).toHaveLength(250)
  expect(new Set(found).size).toBe(250)
})
