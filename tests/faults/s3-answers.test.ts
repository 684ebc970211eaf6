import { integer, pick, randomFrom } from '@aftercall/samples/random'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { type FaultRule, type ProxiedAnswer, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { countOf } from '@aftercall/testkit/test-count'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { expect, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { faultsOfObjects, openHttpBench, withShortReturns } from './http-bench.ts'
import { expectAllStored, putSamples, receivesMaxOf, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

type Forward = () => Promise<ProxiedAnswer>

const notS3 = (status: number): ProxiedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>an unconfigured gateway</body></html>'),
})
const redirect = (status: number, code: string): ProxiedAnswer => {
  const answer = xmlErrorAnswer(status, code)
  return { ...answer, headers: { ...answer.headers, location: 'http://127.0.0.1:1/elsewhere' } }
}
/** What stands instead of the object, with the status of a success. */
const inPlace =
  (body: string, headers: Record<string, string> = {}) =>
  async (forward: Forward) => {
    const { etag: _etag, ...given } = (await forward()).headers
    return { status: 200, headers: { ...given, ...headers }, body: Buffer.from(body) }
  }
const half = (answer: ProxiedAnswer): number => Math.floor(answer.body.length / 2)
const changed = async (forward: Forward, change: (answer: ProxiedAnswer) => Partial<ProxiedAnswer>) => {
  const answer = await forward()
  return { ...answer, ...change(answer) }
}

/** What a store, or something before it, may answer instead of the object. */
const faults: Record<string, (forward: Forward) => Promise<ProxiedAnswer>> = {
  'is throttled': async () => xmlErrorAnswer(503, 'SlowDown'),
  'is unavailable': async () => xmlErrorAnswer(503, 'ServiceUnavailable'),
  'has an inner error': async () => xmlErrorAnswer(500, 'InternalError'),
  'has a gateway without a server': async () => notS3(502),
  'has a gateway that says not found': async () => notS3(404),
  'is refused': async () => xmlErrorAnswer(403, 'AccessDenied'),
  'is in another Region for good': async () => redirect(301, 'PermanentRedirect'),
  'is in another Region for now': async () => redirect(307, 'TemporaryRedirect'),
  'has another Region in its signature': async () => xmlErrorAnswer(400, 'AuthorizationHeaderMalformed'),
  'never answers': () => new Promise(() => {}),
  'hangs up': () => Promise.reject(new Error('the connection is closed')),
  'breaks off': (forward) => changed(forward, (answer) => ({ cutAfterBytes: half(answer) })),
  'stops half way': (forward) =>
    changed(forward, (answer) => ({ stall: { afterBytes: half(answer), stalled: () => {} } })),
  'is shorter than it says': (forward) =>
    changed(forward, (answer) => ({ bytesDeclared: answer.body.length + 100 })),
  'is an error document': inPlace('<?xml version="1.0"?><Error><Code>InternalError</Code></Error>', {
    etag: '"e"',
  }),
  'is a page to log in': inPlace('<html><form></form></html>'),
  'is JSON of another service': inPlace('{"error":"please log in"}'),
  'is empty': inPlace(''),
  'is a part that was not asked for': (forward) =>
    changed(forward, (answer) => ({ status: 206, body: answer.body.subarray(0, half(answer)) })),
  'says no time': (forward) =>
    changed(forward, ({ headers: { 'last-modified': _time, ...headers } }) => ({ headers })),
}
/** The answer itself does not show this fault: only the notification about the same object does. */
const saysTooLittle = (forward: Forward) =>
  changed(forward, (answer) => ({ bytesDeclared: answer.body.length - 100 }))

it('I1 I4 every object is stored in the end, although S3 gives other answers in its place for a while', async () => {
  const random = randomOfTest()
  const bench = await openHttpBench({ sources, receivesMax: 50 })
  const load = await putSamples(bench, 'answers', countOf({ quick: 60, thorough: 120 }))
  const left = new Map<string, { answer: (forward: Forward) => Promise<ProxiedAnswer>; times: number }>()
  const names = Object.keys(faults)
  for (const [position, key] of [...load.keys].entries()) {
    // Each of them at least once, with any seed.
    const name = names[position] ?? pick(random, [...names, 'nothing', 'nothing', 'says too little'])
    const isAnnouncedOnce = load.files.filter((file) => file.key === key).length === 1
    const answer = name === 'says too little' && isAnnouncedOnce ? saysTooLittle : faults[name]
    const isSlow = name === 'never answers' || name === 'stops half way'
    if (answer !== undefined) left.set(key, { answer, times: isSlow ? 1 : integer(random, 1, 4) })
  }
  const rule = faultsOfObjects((key, forward) => {
    const fault = left.get(key)
    if (fault === undefined || fault.times === 0) return undefined
    fault.times -= 1
    return fault.answer(forward)
  })
  bench.proxy.setRule(withShortReturns(rule))
  const worker = await startWorker(await bench.writeConfig('answers'), { env: bench.proxiedEnv })
  await bench.untilSettled()
  expect([...left.values()].filter(({ times }) => times > 0)).toEqual([])
  await expectAllStored(bench, load)
  await worker.stop()
})

it('I5 what S3 refuses, and what only a gateway calls missing, is dead-lettered and never acked as missing', async () => {
  const bench = await openHttpBench({ receivesMax: 2 })
  const ends: Record<string, [outcome: string, code: string | null]> = {}
  for (let id = 1; id <= 60; id += 1) {
    const [kind, ...end] = pick(randomFrom(id), [
      ['stored', 'stored', null],
      ['refused', 'failed', 'access_denied'],
      ['gateway', 'failed', 'not_found'],
      ['gone', 'missing', null],
    ] as const)
    ends[`acme/${kind}/call-${id}.json`] = end
    await bench.put(`acme/${kind}/call-${id}.json`, callWithId(id))
  }
  bench.proxy.setRule(
    withShortReturns(
      faultsOfObjects((key) => {
        if (key.includes('/refused/')) return Promise.resolve(xmlErrorAnswer(403, 'AccessDenied'))
        if (key.includes('/gateway/')) return Promise.resolve(notS3(404))
        if (key.includes('/gone/')) return Promise.resolve(xmlErrorAnswer(404, 'NoSuchKey'))
        return undefined
      }),
    ),
  )
  const worker = await startWorker(await bench.writeConfig('refused'), { env: bench.proxiedEnv })
  await bench.untilSettled()
  const ledger = await bench.rows<{ object_key: string; outcome: string; code: string | null }>(
    'select object_key, outcome, code from ingest.object',
  )
  expect(Object.fromEntries(ledger.map((row) => [row.object_key, [row.outcome, row.code]]))).toEqual(ends)
  const failed = Object.values(ends).filter(([outcome]) => outcome === 'failed').length
  expect(await bench.deadLetters()).toBe(failed)
  await worker.stop()
})

it('I2 an object that is replaced before each fetch, and then removed, leaves its newest revision', async () => {
  const bench = await openHttpBench({ receivesMax: 50 })
  const ids = Array.from({ length: 15 }, (_, position) => position + 1)
  const keyOf = (id: number) => `acme/call-${id}.json`
  const revision = (id: number, minute: number) =>
    callWithId(id, { rating: minute, updated_at: `2026-03-23T21:0${minute}:00.000Z` })
  for (const id of ids) await bench.put(keyOf(id), revision(id, 1))
  const fetches = new Map<string, { count: number; last: Promise<unknown> }>()
  // A message of a revision that an earlier fetch brought needs no fetch, so that not every object has a third revision.
  const newest = new Map<number, number>()
  const replace: FaultRule = faultsOfObjects((key, forward) => {
    const { count, last } = fetches.get(key) ?? { count: 0, last: Promise.resolve() }
    // One after the other, so that the last revision is read before it is removed.
    const answer = last.then(async () => {
      const id = Number(/\d+/.exec(key)?.[0])
      if (count < 2) {
        await bench.put(key, revision(id, 2 + count))
        newest.set(id, 2 + count)
      }
      if (count === 2) await bench.remove(key)
      return forward()
    })
    fetches.set(key, { count: count + 1, last: answer })
    return answer
  })
  bench.proxy.setRule(replace)
  const worker = await startWorker(await bench.writeConfig('replaced'), { env: bench.proxiedEnv })
  await bench.untilSettled()
  expect(await receivesMaxOf(bench)).toBe(1)
  const sessions = await bench.rows(
    'select session_id::int as id, rating::int from warehouse.session order by 1',
  )
  expect(sessions).toEqual(ids.map((id) => ({ id, rating: newest.get(id) })))
  const ledger = await bench.rows<{ object_key: string; outcome: string }>(
    'select object_key, outcome from ingest.object',
  )
  expect(new Set(ledger.map(({ object_key }) => object_key))).toEqual(new Set(ids.map(keyOf)))
  expect(ledger.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(await bench.deadLetters()).toBe(0)
  await worker.stop()
})
