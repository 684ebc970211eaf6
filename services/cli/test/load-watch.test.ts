import { appendFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { watchFolder } from '@aftercall/ingest/local/watch-folder'
import type { Outcome } from '@aftercall/ingest/outcome'
import { loadConfig } from '@aftercall/runtime/config/config'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createLoadCounter, type LoadCounter } from '../src/load/load-counts.ts'
import { openLocalLoad } from '../src/load/open-local-load.ts'
import { callWithId, type LoadBench, openLoadBench } from './load-bench.ts'

const it = drawnTests({ quick: 3, thorough: 'all' })

const everyMs = 20
let bench: LoadBench
let counter: LoadCounter
let stopping: AbortController
let watching: Promise<unknown>
let passes: number
/** Every end of a file, in order, as `call-1.json stored`. */
let ends: string[]

beforeEach(async () => {
  bench = await openLoadBench()
  stopping = new AbortController()
  passes = 0
  ends = []
  counter = createLoadCounter()
})
afterEach(async () => {
  stopping.abort(new Error('the test is over'))
  await watching
  await bench.close()
})

async function startWatching(settleMs = 200): Promise<void> {
  const read = await loadConfig({ path: bench.configFile, env: {}, needs: ['database', 'sources'] })
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems))
  const { config } = read
  const [source] = config.sources
  if (source === undefined) throw new Error('no source')
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const context = { env: {}, stdin, stdout, stderr, signals: { on() {}, off() {} }, exitNow() {} }
  const events = {
    ...counter.events,
    passBegan() {
      passes += 1
      counter.events.passBegan()
    },
    ended(path: string, outcome: Outcome) {
      ends.push(`${path.slice(bench.folder.length + 1)} ${outcome.kind}`)
      counter.events.ended(path, outcome)
    },
  }
  const { signal } = stopping
  const stop = { stopping: signal, givingUp: signal }
  const options = { config, source, db: bench.database.db, events, onNotice: counter.noticed, ...stop }
  const load = openLocalLoad(context, options)
  watching = watchFolder(load, bench.folder, { settleMs, everyMs }).catch((error: unknown) => error)
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}: ${ends.join(', ')}`)
    await wait(10)
  }
}

/** Waits for this many complete scans. */
async function untilScanned(times: number): Promise<void> {
  const target = passes + times + 1
  await until(`the folder is scanned ${times} times`, () => passes >= target)
}

const untilEnds = (...expected: string[]) =>
  until(`files end as ${expected.join(', ')}`, () => ends.length >= expected.length).then(() =>
    expect(ends.toSorted()).toEqual(expected.toSorted()),
  )
const ratings = () =>
  bench.rows('select session_id::int as id, rating::int from warehouse.session order by 1')

it('a file that is written piece by piece is loaded once, when it is complete', async () => {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const settleMs = 1_000
  await startWatching(settleMs)
  const text = callWithId(1)
  const path = await bench.write('call-1.json', '')
  for (let start = 0; start < 200; start += 40) {
    await appendFile(path, text.slice(start, start + 40))
    await untilScanned(3)
    now += 0.9 * settleMs
    await untilScanned(3)
    expect(ends).toEqual([])
  }
  await appendFile(path, text.slice((await stat(path)).size))
  // The first look after the last piece sees that the file has changed, the second that it has not.
  for (const _look of [1, 2]) {
    expect(ends).toEqual([])
    now += settleMs
    await untilScanned(3)
  }
  await until('the file is stored', async () => {
    now += settleMs
    await untilScanned(1)
    return ends.length > 0
  })
  expect(ends).toEqual(['call-1.json stored'])
})

it('a file with a temporary name is loaded once it is renamed, even if its modification time is old', async () => {
  await startWatching()
  const part = await bench.write('call-1.json.filepart', callWithId(1))
  const hidden = await bench.write('.call-2.json.x7', callWithId(2))
  await bench.write('call-3.json', callWithId(3))
  await untilEnds('call-3.json stored')
  await utimes(part, 1_000_000_000, 1_000_000_000)
  await rename(part, join(bench.folder, 'call-1.json'))
  await rename(hidden, join(bench.folder, 'call-2.json'))
  await untilEnds('call-1.json stored', 'call-2.json stored', 'call-3.json stored')
})

it('I2 a file is loaded again when it is replaced or rewritten, and nothing happens when it is deleted', async () => {
  await startWatching()
  const revised = (rating: number) =>
    callWithId(1, { rating, updated_at: `2026-03-23T14:0${rating}:00.000-07:00` })
  const path = await bench.write('call-1.json', revised(1))
  await untilEnds('call-1.json stored')
  await writeFile(`${path}.tmp`, revised(2))
  await rename(`${path}.tmp`, path)
  await untilEnds('call-1.json stored', 'call-1.json stored')
  await writeFile(path, revised(3))
  await untilEnds('call-1.json stored', 'call-1.json stored', 'call-1.json stored')
  await rm(path)
  await untilScanned(3)
  expect(await ratings()).toEqual([{ id: 1, rating: 3 }])
  expect(ends).toHaveLength(3)
})

it('files that the ledger has are skipped, and a file that has ended is not looked up again', async () => {
  for (const id of [1, 2]) await bench.write(`call-${id}.json`, callWithId(id))
  await bench.load(bench.folder, '--source', 'acme')
  await startWatching()
  await untilScanned(5)
  expect(counter.counts()).toMatchObject({ unchanged: 2, stored: 0 })
  expect(ends).toEqual([])
})

it('a rejected file is no longer a problem once it is fixed', async () => {
  await startWatching()
  const path = await bench.write('call-1.json', callWithId(1).slice(0, 500))
  await untilEnds('call-1.json rejected')
  expect(counter.counts().rejected).toBe(1)
  await writeFile(path, callWithId(1))
  await untilEnds('call-1.json rejected', 'call-1.json stored')
  expect(counter.counts()).toMatchObject({ rejected: 0, stored: 1 })
})

it('a folder that disappears is waited for', async () => {
  await startWatching()
  await rename(bench.folder, `${bench.folder}-away`)
  await untilScanned(2)
  await rename(`${bench.folder}-away`, bench.folder)
  await bench.write('call-1.json', callWithId(1))
  await untilEnds('call-1.json stored')
})
