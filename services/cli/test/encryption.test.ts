import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callWithId, type LoadBench, openLoadBench } from './load-bench.ts'
import { runCommand } from './run-command.ts'

const mark = 'SECRET-MARK'
let bench: LoadBench

beforeEach(async () => {
  bench = await openLoadBench()
  await bench.write('call-1.json', callWithId(1, { feedback: mark }))
  await bench.write('broken.json', `${mark}, no JSON`)
})
afterEach(() => bench.close())

const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') })

async function configure(keys: object[]): Promise<void> {
  const config = {
    identity: { key: 'an identity key of these tests, of 32 bytes' },
    database: { url: bench.database.url, allowSuperuser: true },
    sources: [{ name: 'acme', bucket: 'files', prefix: 'acme/' }],
    ...(keys.length === 0 ? {} : { encryption: { keys } }),
  }
  await writeFile(bench.configFile, JSON.stringify(config))
}

const run = (...args: string[]) => runCommand([...args, '--config', bench.configFile])
const load = () => bench.load(bench.folder, '--source', 'acme')

async function isStoredPlain(): Promise<boolean> {
  const rows = await bench.rows(
    `select document::text, sealed_document::text, original_content::text, null as content from warehouse.session_document
     union all select sealed_content::text, null, null, encode(content, 'escape') from ingest.rejected_content`,
  )
  return JSON.stringify(rows).includes(mark)
}

test('documents and rejected bytes are stored encrypted, and read, replayed and printed with the key', async () => {
  await configure([key('one')])
  expect((await load()).code).toBe(3)
  expect(await isStoredPlain()).toBe(false)
  const printed = await run('document', 'acme/call/1')
  expect(printed.code).toBe(0)
  expect(JSON.parse(printed.out)).toMatchObject({ id: 1, feedback: mark })
  expect((await run('rejections', 'show', '1', '--content')).out).toBe(`${mark}, no JSON`)
  const before = await bench.database.dump('warehouse.session', ['loaded_at'])
  await bench.rows('update ingest.session_head set mapping_version = 0')
  expect((await run('replay', '--from', 'raw')).out).toContain('Mapped 1 of 1 sessions again.')
  expect(await bench.database.dump('warehouse.session', ['loaded_at'])).toEqual(before)
  expect(await isStoredPlain()).toBe(false)
})

test('what was stored plain is encrypted by maintain, a new key takes over, and a dropped key ends with what to do', async () => {
  await configure([])
  await load()
  expect(await isStoredPlain()).toBe(true)
  expect((await run('maintain', '--encrypt')).code).toBe(2)
  const [one, two] = [key('one'), key('two')]
  await configure([one])
  expect((await run('maintain', '--encrypt')).out).toContain('encrypted 2 rows')
  expect(await isStoredPlain()).toBe(false)
  await configure([two, one])
  expect((await run('maintain')).out).toMatch(/wrapped \d data keys? with the current key/)
  await configure([two])
  expect(JSON.parse((await run('document', 'acme/call/1')).out)).toMatchObject({ id: 1 })

  await configure([key('three')])
  const lost = await run('document', 'acme/call/1')
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining('encryption.keys has no key "two"')])
  await bench.rows('update ingest.session_head set mapping_version = 0')
  const replayed = await run('replay', '--from', 'raw')
  expect([replayed.code, replayed.out]).toEqual([
    3,
    expect.stringContaining('1 are encrypted by a key that is not there'),
  ])
  await configure([{ ...key('four'), id: 'two' }])
  await bench.write('call-2.json', callWithId(2))
  const wrong = await load()
  expect(wrong.code).not.toBe(0)
  expect(`${wrong.out}${wrong.err}`).toContain('document_key_wrong')
  expect(await bench.rows('select session_id from warehouse.session')).toHaveLength(1)
})

test('erase and subject-access name the missing key, and go on without it only with --skip-unreadable', async () => {
  const own = key('one')
  await configure([own])
  await load()
  const person = ['--source', 'acme', '--end-user', '880042']
  await bench.write('call-3.json', callWithId(3, { feedback: `${mark} of Pat`, end_user: { id: 880042 } }))
  await load()
  const subjectTo = (file: string, ...more: string[]) =>
    run('subject-access', ...person, '--out', join(bench.folder, file), ...more)
  expect((await subjectTo('whole.ndjson')).code).toBe(0)
  const copy = await readFile(join(bench.folder, 'whole.ndjson'), 'utf8')
  const lines = copy
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({
      rows: expect.objectContaining({
        session_document: [
          expect.objectContaining({ document: expect.objectContaining({ feedback: `${mark} of Pat` }) }),
        ],
      }),
    }),
  )

  await configure([key('two')])
  const refused = await run('erase', ...person, '--consumers-max', '2')
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringMatching(/has no key "one"[\s\S]*nothing was done[\s\S]*--skip-unreadable/),
  ])
  const uncopied = await subjectTo('part.ndjson')
  expect([uncopied.code, uncopied.err]).toEqual([1, expect.stringContaining('--skip-unreadable')])
  await expect(stat(join(bench.folder, 'part.ndjson'))).rejects.toMatchObject({ code: 'ENOENT' })
  const copied = await subjectTo('part.ndjson', '--skip-unreadable')
  expect([copied.code, copied.out]).toEqual([
    3,
    expect.stringMatching(/3 encrypted documents or rejections could not be read/),
  ])
  const counted = await run('erase', ...person, '--consumers-max', '2', '--dry-run')
  expect([counted.code, counted.out]).toEqual([0, expect.stringContaining('could not be read, and may name')])
  const erased = await run('erase', ...person, '--consumers-max', '2', '--skip-unreadable')
  expect([erased.code, erased.out]).toEqual([3, expect.stringContaining('could not be read, and may name')])
  expect(await bench.rows('select from warehouse.session_document where session_id = 3')).toEqual([])

  await configure([own])
  expect((await run('erase', ...person, '--consumers-max', '2')).code).toBe(0)
})
