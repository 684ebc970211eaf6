import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchLocal } from './fetch-local.ts'

let folder: string
let key: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercall-fetch-'))
  key = join(folder, 'x.json')
})
afterEach(() => rm(folder, { recursive: true }))

const fetchKey = (place = key) => fetchLocal({ name: 'acme' }, { bucket: 'file:', key: place }, 1_000)

test('a file is read whole, with its own time, and another ETag once it was written to', async () => {
  await writeFile(key, '{"id": 1}')
  await utimes(key, 1_700_000_000, 1_700_000_000.5)
  const first = await fetchKey()
  expect(first).toMatchObject({ kind: 'found', sizeBytes: 9, lastModified: new Date(1_700_000_000_500) })
  expect(first.kind === 'found' && Buffer.from(first.bytes).toString()).toBe('{"id": 1}')
  await utimes(key, 1_700_000_000, 1_700_000_000.6)
  const second = await fetchKey()
  expect(second.kind === 'found' && second.etag).not.toBe(first.kind === 'found' && first.etag)
})

test('an empty file is found', async () => {
  await writeFile(key, '')
  expect(await fetchKey()).toMatchObject({ kind: 'found', sizeBytes: 0 })
})

test('I8 a file that is too large is not read', async () => {
  await writeFile(key, '')
  await truncate(key, 1e12)
  expect(await fetchKey()).toEqual({ kind: 'too-large', sizeBytes: 1e12 })
})

test('I7 whatever has replaced a file is not read: a link, a folder, a pipe without a writer', async () => {
  await writeFile(join(folder, 'secret'), '{}')
  await symlink(join(folder, 'secret'), key)
  await mkdir(join(folder, 'folder.json'))
  execFileSync('mkfifo', [join(folder, 'pipe.json')])
  for (const name of ['x.json', 'folder.json', 'pipe.json', 'nothing.json', 'secret/below.json']) {
    expect([name, await fetchKey(join(folder, name))]).toEqual([name, { kind: 'missing' }])
  }
})

/** Its size is 0, and yet there is something to read: as if it were written to all the time. */
const restless = '/proc/uptime'

test.skipIf(!existsSync(restless))(
  'a file that is written to while it is read may be read later',
  async () => {
    await expect(fetchKey(restless)).rejects.toMatchObject({
      name: 'ObjectFetchError',
      retryable: true,
      cause: { code: 'file_changed' },
    })
  },
)
