import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
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
