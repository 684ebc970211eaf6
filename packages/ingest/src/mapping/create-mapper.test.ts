import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import { rejectionsOf, type Settlement, sessionsOf } from '@aftercall/warehouse/load/settlement'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { createMapper, type LargeEnd, type Mapper, type MapperOptions } from './create-mapper.ts'
import { documentLimits, mapFetched } from './map-fetched.ts'
import { startThread } from './start-thread.ts'

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }
const source = { name: 'acme', timeZone: 'Europe/Berlin' }

function announced(receiveCount = 1): AnnouncedObject {
  return { bucket: 'b', key: 'acme/call-1.json', source: 'acme', receiveCount }
}

function found(bytes: Uint8Array): FoundObject {
  return {
    kind: 'found',
    bytes,
    sizeBytes: bytes.byteLength,
    lastModified: new Date('2026-03-24T00:00:00Z'),
    key: 'acme/call-1.json',
    foundAs: 'announced',
  }
}

function sessionText(more: string, id = 1): string {
  return `{"id":${id},"call_type":"Voice Inbound","created_at":"2026-03-23T13:12:51.000-07:00",${more}}`
}

const padding = 'x'.repeat(200_000)
const large = Buffer.from(sessionText(`"padding":"${padding}"`))
const small = Buffer.from(sessionText('"status":"finished"'))

function openMapper(options: Partial<MapperOptions> = {}): { mapper: Mapper; ends: LargeEnd[] } {
  const ends: LargeEnd[] = []
  const mapper = createMapper({ limits, onLargeEnd: ({ end }) => ends.push(end), ...options })
  onTestFinished(() => mapper.close())
  return { mapper, ends }
}

/** Maps it, and tells what it held then. */
async function map(mapper: Mapper, bytes: Uint8Array, receiveCount = 1) {
  let takenBytes = 0
  const held = {
    isWithin: () => true,
    untilWithin: async () => {},
    take: (taken: number) => {
      takenBytes = taken
    },
  }
  const settlement = await mapper.mapFetched({
    source,
    object: announced(receiveCount),
    fetched: found(bytes),
    held,
  })
  if (settlement === 'stopped') throw new Error('stopped')
  return { settlement, takenBytes }
}

/** A thread that does whatever it likes in place of its work. */
function spoiled(script: string): Worker {
  return new Worker(`require('node:worker_threads').parentPort.on('message', () => { ${script} })`, {
    eval: true,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  })
}

/** The first thread is spoiled, those after it are as always. */
function spoiledOnce(script: string): Pick<MapperOptions, 'start'> | Record<string, never> {
  let isSpoiled = false
  return {
    start: (objectBytesMax) => {
      if (isSpoiled) return startThread(objectBytesMax)
      isSpoiled = true
      return spoiled(script)
    },
  }
}

const asBytes = (content: Uint8Array | string | null) => (content === null ? null : Buffer.from(content))

function comparable(settlement: Settlement) {
  return {
    ...settlement,
    content: settlement.kind === 'documents' ? asBytes(settlement.content) : null,
    rejections: rejectionsOf(settlement).map((one) => ({ ...one, content: asBytes(one.content) })),
    sessions: sessionsOf(settlement).map((one) => ({
      ...one,
      text: asBytes(one.text),
      rows: { ...one.rows, bytes: Buffer.from(one.rows.bytes) },
    })),
  }
}

const array = (count: number) =>
  Buffer.from(
    `[${Array.from({ length: count }, (_, id) => sessionText(`"participants":[{"id":1}],"padding":"é${'x'.repeat(400)}"`, id)).join()}]`,
  )

const sharedEnds: LargeEnd[] = []
/** For what leaves its thread as it was: starting one takes longer than most of its work. */
const shared = createMapper({ limits, onLargeEnd: ({ end }) => sharedEnds.push(end) })
afterAll(() => shared.close())

test.each([
  ['a large document', large],
  ['many documents in an array', array(500)],
  [
    'a document of which Postgres cannot store all',
    Buffer.from(sessionText(`"a":"\\u0000","b":"${padding}"`)),
  ],
  ['a large document in gzip', gzipSync(Buffer.from(sessionText(`"padding":"${padding}"`)))],
  ['one that is no JSON', Buffer.from(`{"a":"${padding}`)],
  ['one without an identity', Buffer.from(`{"call_type":"Voice","padding":"${padding}"}`)],
  ['one that is no session', Buffer.from(`{"padding":"${padding}"}`)],
])('I5 %s becomes on the thread what it becomes without it', async (_, bytes) => {
  const endsBefore = sharedEnds.length
  const { settlement } = await map(shared, bytes)
  expect(sharedEnds.slice(endsBefore)).toEqual(['mapped'])
  expect(comparable(settlement)).toEqual(comparable(mapFetched(limits, source, announced(), found(bytes))))
})

test('a small document needs no thread, but one that comes again is mapped on the watched thread', async () => {
  const { mapper, ends } = openMapper()
  await map(mapper, small)
  await map(mapper, gzipSync(small))
  expect(ends).toEqual([])
  await map(mapper, small, 2)
  expect(ends).toEqual(['mapped'])
})

test('I8 a gzip file that claims to be empty at its end is not trusted, and not unpacked beyond the bound', async () => {
  const { mapper } = openMapper()
  const lying = Buffer.concat([gzipSync(Buffer.alloc(9_000_000, 32)), gzipSync('')])
  expect(lying.byteLength).toBeLessThan(20_000)
  const { settlement, takenBytes } = await map(mapper, lying)
  expect(rejectionsOf(settlement).map(({ code }) => code)).toEqual(['decompressed_too_large'])
  expect(takenBytes).toBe(lying.byteLength)
})

test('I8 the memory of a mapped object is measured: its bytes, its rows, and the text of each of its documents', async () => {
  const { mapper } = openMapper()
  const bytes = array(500)
  const { settlement, takenBytes } = await map(mapper, bytes)
  const own = sessionsOf(settlement).map(({ rows, text }) => rows.bytes.byteLength + text.length)
  const least = bytes.byteLength + own.reduce((sum, one) => sum + one, 0)
  expect(takenBytes).toBeGreaterThanOrEqual(least)
  expect(takenBytes).toBeLessThan(least * 2)
})

test('I5 an object that takes more CPU time than its bound is rejected with its bytes, and the next one is mapped', async () => {
  const { mapper, ends } = openMapper({
    ...spoiledOnce('for (;;) {}'),
    boundsOf: () => ({ cpuMs: 50, wallMs: 600_000 }),
  })
  const { settlement } = await map(mapper, large)
  expect(rejectionsOf(settlement)).toMatchObject([{ code: 'document_too_costly', content: large }])
  expect(settlement.kind).toBe('rejected')
  const { settlement: next } = await map(openMapper().mapper, large)
  expect(sessionsOf(next)).toHaveLength(1)
  expect(ends).toEqual(['too_costly'])
})

/** As before Node 24.6, which does not say what a thread has used. */
function withoutCpuUsage(thread: Worker): Worker {
  return Object.defineProperty(thread, 'cpuUsage', { value: undefined })
}

test('I5 also where Node does not know the CPU time of a thread, an object that takes more than its bound is rejected', async () => {
  const { mapper, ends } = openMapper({
    start: () => withoutCpuUsage(spoiled('for (;;) {}')),
    boundsOf: () => ({ cpuMs: 50, wallMs: 600_000 }),
  })
  const { settlement } = await map(mapper, large)
  expect(rejectionsOf(settlement)).toMatchObject([{ code: 'document_too_costly', content: large }])
  expect(ends).toEqual(['too_costly'])
})

test('I5 where Node does not know the CPU time of a thread, no object is rejected for the work of the main thread', async () => {
  const answers = `setTimeout(() => require('node:worker_threads').parentPort
    .postMessage({ kind: 'unusable', detail: 'idle until now', heapBytes: 0 }), 1_000)`
  const { mapper, ends } = openMapper({
    start: () => withoutCpuUsage(spoiled(answers)),
    boundsOf: () => ({ cpuMs: 300, wallMs: 600_000 }),
  })
  const end = map(mapper, large)
  end.catch(() => {})
  // In slices, so that the watchdog has its turns.
  for (let slice = 0; slice < 30; slice += 1) {
    const until = process.threadCpuUsage().user + 30_000
    while (process.threadCpuUsage().user < until);
    await new Promise(setImmediate)
  }
  await expect(end).rejects.toThrow('stopped')
  expect(ends).toEqual(['mapped'])
})

test('I5 an object that takes more memory than the thread has is rejected, and the next one is mapped', async () => {
  const { mapper, ends } = openMapper(spoiledOnce('const all = []; for (;;) all.push({})'))
  const { settlement } = await map(mapper, large)
  expect(rejectionsOf(settlement)).toMatchObject([{ code: 'document_too_costly', content: large }])
  expect(sessionsOf((await map(mapper, large)).settlement)).toHaveLength(1)
  expect(ends).toEqual(['too_costly', 'mapped'])
})

test('a thread that breaks says nothing about the object: it fails, to be tried again by another', async () => {
  const { mapper } = openMapper(spoiledOnce('throw new Error("broken")'))
  await expect(map(mapper, large)).rejects.toThrow('broken')
  expect(sessionsOf((await map(mapper, large)).settlement)).toHaveLength(1)
})

test('a thread that is given no CPU time says nothing about the object', async () => {
  const { mapper, ends } = openMapper({
    ...spoiledOnce(''),
    boundsOf: () => ({ cpuMs: 10_000, wallMs: 200 }),
  })
  await expect(map(mapper, large)).rejects.toThrow('stopped')
  expect(ends).toEqual(['stopped'])
})

test('I9 closing ends the objects in flight and those that wait, without rejecting them', async () => {
  const { mapper } = openMapper({ start: () => spoiled('for (;;) {}') })
  const both = [map(mapper, large), map(mapper, large)]
  const ended = Promise.allSettled(both)
  await mapper.close()
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
