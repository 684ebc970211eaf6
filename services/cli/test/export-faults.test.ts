import * as files from 'node:fs/promises'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { pieceBytes, putFile } from '@aftercall/storage/objects/put-file'
import { type FaultProxy, startFaultProxy, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import type { LakeRow, LakeView } from '@aftercall/warehouse/lake/lake-view'
import { readDay } from '@aftercall/warehouse/lake/read-day'
import { readDatedViews } from '@aftercall/warehouse/lake/read-lake-views'
import { parquetMetadata } from 'hyparquet'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { StoppedError } from '../src/cli-context.ts'
import { exportDay } from '../src/export/export-day.ts'
import { findViews } from '../src/export/export-request.ts'
import { type FileSystem, openFolderPlace } from '../src/export/folder-place.ts'
import { createParquetWriter } from '../src/export/parquet-writer.ts'
import { openSpoolFile } from '../src/export/spool-file.ts'
import { createEveryType, fillEveryType, readParquet, readParquetBytes } from './export-fixture.ts'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let aws: ObjectStoreAndQueue
let proxy: FaultProxy
let folder: string
let view: LakeView

const localDay = '2026-11-29'
const inLake = `view=everything/source=acme/local_day=${localDay}`
const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await createEveryType(database.db)
  aws = await startObjectStoreAndQueue()
  await aws.createBucket('lake')
  proxy = await startFaultProxy(Number(new URL(aws.endpoint).port))
  folder = await mkdtemp(join(tmpdir(), 'aftercall-lake-'))
  const [found] = findViews(['everything'], await readDatedViews(database.db))
  if (found === undefined) throw new Error('there is no view')
  view = found
})
beforeEach(async () => {
  proxy.setRule()
  await fill(3)
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await proxy.stop()
  await aws.stop()
  await database.drop()
})

/** The day has this many rows, and three more. */
async function fill(rows: number): Promise<void> {
  await sql`delete from public.everything`.execute(database.db)
  if (rows > 0) await fillEveryType(database.db, { source: 'acme', day: localDay, rows })
}

/** A file system that works for the given number of calls and then for none, as if the process had died there. */
function diesAfter(calls: number): { fs: FileSystem; died(): boolean } {
  let left = calls
  const alive = <Args extends unknown[], Answer>(call: (...args: Args) => Answer) => {
    return (...args: Args): Answer => {
      if (left === 0) throw new Error('the process has died')
      left -= 1
      return call(...args)
    }
  }
  const wrapped = {
    mkdir: alive(files.mkdir),
    mkdtemp: alive(files.mkdtemp),
    readFile: alive(files.readFile),
    rename: alive(files.rename),
    rm: alive(files.rm),
    writeFile: alive(files.writeFile),
  }
  // Each has the overloads of the function that it calls.
  return { fs: wrapped as FileSystem, died: () => left === 0 }
}

function exportTo(lake: string, fs?: FileSystem) {
  const place = openFolderPlace(lake, fs)
  const { signal } = new AbortController()
  const day = { view, source: 'acme', localDay }
  return exportDay(database.db, place, { day, format: 'parquet', emptyDays: true, signal }).finally(() =>
    place.close().catch(() => {}),
  )
}

/** The rows of the day for a reader that lists the folder; 0 if there is no file. */
async function rowsInFolder(lake: string): Promise<number> {
  const paths = await Array.fromAsync(files.glob(join(lake, 'view=everything/*/*/*.parquet')))
  const rows = await Promise.all(paths.map(readParquet))
  return rows.flat().length
}

test.each([
  { before: 20, after: 7 },
  { before: 0, after: 7 },
  { before: 20, after: 0 },
])(
  'an export that dies at any step leaves the whole old day or the whole new one: $before, then $after',
  async ({ before, after }) => {
    const counts = { before: before === 0 ? 0 : before + 3, after: after === 0 ? 0 : after + 3 }
    const seen = new Set<number>()
    for (let calls = 0; ; calls++) {
      const lake = join(folder, `${before}-${after}-${calls}`)
      await fill(before)
      await exportTo(lake)
      await fill(after)
      const { fs, died } = diesAfter(calls)
      const failed = await exportTo(lake, fs).then(
        () => false,
        () => true,
      )
      const rows = await rowsInFolder(lake)
      seen.add(rows)
      expect([counts.before, counts.after]).toContain(rows)
      // The manifest never says that the new day is there before it is.
      const text = await readFile(join(lake, inLake, '_manifest.json'), 'utf8').catch(() => undefined)
      const promised = text === undefined ? 0 : Number(JSON.parse(text).rows)
      if (promised !== counts.before) expect(rows).toBe(counts.after)
      await exportTo(lake)
      expect(await rowsInFolder(lake)).toBe(counts.after)
      if (!failed && !died()) break
    }
    expect(seen).toEqual(new Set([counts.before, counts.after]))
  },
)

test('an export that is stopped ends at the next page, and leaves the day as it was', async () => {
  const lake = join(folder, 'stopped')
  await exportTo(lake)
  await fill(9)
  const place = openFolderPlace(lake)
  const day = { view, source: 'acme', localDay }
  const signal = AbortSignal.abort(new StoppedError())
  const stopped = exportDay(database.db, place, { day, format: 'parquet', emptyDays: true, signal })
  await expect(stopped).rejects.toThrow('stopped before it finished')
  await place.close()
  expect(await rowsInFolder(lake)).toBe(6)
  expect(await files.readdir(lake)).toEqual(['view=everything'])
})

const s3Env = () => ({ ...keys, AWS_ENDPOINT_URL: proxy.address })
const exportToS3 = (...args: string[]) =>
  runCommand(['export', 'everything', '--from', localDay, '--to', 's3://lake/all', '--json', ...args], {
    ...s3Env(),
    DATABASE_URL: database.url,
  })

async function rowsInBucket(): Promise<number> {
  const client = createS3Client({ env: { ...keys, AWS_ENDPOINT_URL: aws.endpoint } })
  const key = `all/${inLake}/part.parquet`
  const request = { bucket: 'lake', key, versionId: undefined, bytesMax: 1e8, signal: undefined }
  const answer = await getObjectBySdk(client)(request)
    .catch(() => undefined)
    .finally(() => client.destroy())
  return answer?.kind === 'read' ? (await readParquetBytes(answer.bytes)).length : 0
}

test('a bucket that fails at any request keeps the whole old day or the whole new one, and the failure is named', async () => {
  await fill(5)
  expect(await exportToS3()).toMatchObject({ code: 0 })
  await fill(9)
  for (let step = 0; ; step++) {
    let requests = 0
    proxy.setRule(async (_request, forward) => {
      requests += 1
      return requests > step ? xmlErrorAnswer(403, 'AccessDenied') : forward()
    })
    const { code, err } = await exportToS3()
    expect([8, 12]).toContain(await rowsInBucket())
    if (code === 0) break
    expect(code).toBe(1)
    expect(err).toMatch(
      /^error: cannot (?:fetch|upload to) s3:\/\/lake\/all\/view=everything.+access_denied/m,
    )
    expect(step).toBeLessThan(10)
  }
  expect(await rowsInBucket()).toBe(12)
  proxy.setRule()
  await fill(0)
  expect(await exportToS3('--empty-days')).toMatchObject({ code: 0 })
  expect(await rowsInBucket()).toBe(0)
})

test('a file above the size of a piece is uploaded in pieces, and is there whole or not at all', async () => {
  const path = join(folder, 'large')
  const bytes = Buffer.alloc(2 * pieceBytes + 17, 'abcdefg')
  await files.writeFile(path, bytes)
  const client = createS3Client({ env: s3Env(), attemptsMax: 1 })
  const read = () =>
    getObjectBySdk(client)({
      ...{ bucket: 'lake', key: 'large', versionId: undefined, bytesMax: 1e9, signal: undefined },
    }).catch(() => undefined)
  proxy.setRule(async ({ path, method }, forward) =>
    method === 'PUT' && path.includes('partNumber=3') ? xmlErrorAnswer(500, 'InternalError') : forward(),
  )
  const failed = putFile(client, { bucket: 'lake', key: 'large' }, path)
  await expect(failed).rejects.toMatchObject({ name: 'ObjectPutError', code: 'internal_error' })
  expect(await read()).toBeUndefined()
  proxy.setRule()
  await putFile(client, { bucket: 'lake', key: 'large' }, path)
  const answer = await read()
  expect(answer?.kind === 'read' && bytes.equals(answer.bytes)).toBe(true)
  client.destroy()
})

test('I8 only one row group is held in memory, and each is written before the next is begun', async () => {
  const file = await openSpoolFile(join(folder, 'groups'))
  const columns = [{ name: 'id', kind: 'int64' as const, isList: false }]
  const writer = createParquetWriter(columns, file, 100 * 32)
  for (let page = 0; page < 33; page++) {
    const rows: LakeRow[] = Array.from({ length: 30 }, (_, index) => [BigInt(page * 30 + index)])
    await writer.add(rows)
  }
  await writer.finish()
  await file.finish()
  await file.close()
  expect(writer.heldMax()).toBe(100)
  const { row_groups: groups } = parquetMetadata(new Uint8Array(await readFile(file.path)).buffer)
  expect(groups.map(({ num_rows: rows }) => Number(rows))).toEqual([...Array(9).fill(100), 90])
  expect((await readParquet(file.path)).map(({ id }) => id)).toEqual(
    Array.from({ length: 990 }, (_, index) => BigInt(index)),
  )
})

test.each([
  { of: 'long texts', value: 'x'.repeat(1_000), columns: 1, isList: false },
  { of: 'long lists', value: ['x'.repeat(400), 'x'.repeat(500)], columns: 1, isList: true },
  { of: 'many columns', value: null, columns: 64, isList: false },
])('I8 a row group of $of has fewer rows', async ({ value, columns: count, isList }) => {
  const file = await openSpoolFile(join(folder, 'wide'))
  const columns = Array.from({ length: count }, (_, at) => ({
    name: `c${at}`,
    kind: 'text' as const,
    isList,
  }))
  const writer = createParquetWriter(columns, file, 100_000)
  await writer.add(Array.from({ length: 1_000 }, (): LakeRow => columns.map(() => value)))
  await writer.finish()
  await file.close()
  // About two kilobytes each.
  expect(writer.heldMax()).toBeGreaterThan(40)
  expect(writer.heldMax()).toBeLessThan(60)
})

test('I8 a page of rows is fetched only when it is asked for, and all pages are of one moment', async () => {
  await fill(12_000)
  const sizes: number[] = []
  await readDay(database.db, { view, source: 'acme', localDay }, async (pages) => {
    const first = await pages.next()
    sizes.push(first.done === true ? 0 : first.value.length)
    await fill(1)
    for await (const page of pages) sizes.push(page.length)
  })
  expect(sizes).toEqual([5_000, 5_000, 2_003])
})
