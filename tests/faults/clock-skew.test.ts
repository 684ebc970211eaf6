import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { type FaultRule, jsonAnswer, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { expect, vi } from 'vitest'
import { acme, bucket } from '../e2e/bench.ts'
import { callWithId, sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { openHttpBench } from './http-bench.ts'
import { expectAllStored, receivesMaxOf, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

const preload = new URL('skewed-clock.ts', import.meta.url).href
const hours = 3_600_000
const jumps = [6 * hours, -6 * hours, 30 * hours, 0]
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed */
const skewMsMax = 15 * 60_000

/** AWS refuses what was signed by a wrong clock; the SDK then signs again by the time in the answer. */
function refuseSkewed(refusals: string[]): FaultRule {
  return async (request, forward) => {
    const signedAt = String(request.headers['x-amz-date'])
    const iso = signedAt.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
    if (Math.abs(Date.parse(iso) - Date.now()) <= skewMsMax) return forward()
    refusals.push(iso)
    if (request.action === undefined) return xmlErrorAnswer(403, 'RequestTimeTooSkewed')
    return jsonAnswer(403, { __type: 'InvalidSignatureException', message: `Signature expired: ${signedAt}` })
  }
}

it('an announcement from the future has a lag of nothing', async () => {
  const bench = await openHttpBench({ notifies: false })
  const eventTime = new Date(Date.now() + hours).toISOString()
  const s3 = { bucket: { name: bucket }, object: { key: 'acme/call-1.json' } }
  await bench.put('acme/call-1.json', callWithId(1))
  await bench.send({ Records: [{ eventName: 'ObjectCreated:Put', eventTime, s3 }] })
  const worker = await startWorker(await bench.writeConfig('future'), { env: bench.env })
  await bench.untilSettled()
  expect(await bench.rows('select outcome, lag_ms::int from ingest.object')).toEqual([
    { outcome: 'stored', lag_ms: 0 },
  ])
  expect(await worker.metric('aftercall_lag_seconds_sum')).toBe(0)
  await worker.stop()
})

it('I1 a worker whose clock is five years ahead takes no session for past its retention', async () => {
  const bench = await openHttpBench({ sources: [{ ...acme, retentionMonths: 24 }] })
  const skewFile = join(bench.dir, 'skew')
  await writeFile(skewFile, String(5 * 365 * 24 * hours))
  const worker = await startWorker(await bench.writeConfig('years-ahead'), {
    env: { ...bench.env, SKEW_FILE: skewFile, NODE_OPTIONS: `--import ${preload}` },
  })
  await bench.put('acme/call-1.json', callWithId(1))
  await bench.untilSettled()
  expect(await bench.rows('select outcome, code from ingest.object')).toEqual([
    { outcome: 'stored', code: null },
  ])
  expect(await worker.metric('aftercall_clock_disagreements_total')).toBe(1)
  await worker.untilLogs('the clocks of the database and of this machine disagree')
  await worker.stop()
})

it('a wall clock that is wrong by hours, and jumps both ways while files land, costs nothing', async () => {
  const bench = await openHttpBench({ sources, receivesMax: 5 })
  const refusals: string[] = []
  bench.proxy.setRule(refuseSkewed(refusals))
  const skewFile = join(bench.dir, 'skew')
  await writeFile(skewFile, String(jumps[0]))
  const worker = await startWorker(await bench.writeConfig('skewed'), {
    env: { ...bench.proxiedEnv, SKEW_FILE: skewFile, NODE_OPTIONS: `--import ${preload}` },
  })
  await worker.untilReady()
  const load = sampleFiles('clock', 100)
  const perJump = Math.ceil(load.files.length / jumps.length)
  for (const [position, skewMs] of jumps.entries()) {
    const files = load.files.slice(position * perJump, (position + 1) * perJump)
    const half = Math.floor(files.length / 2)
    for (const { key, text } of files.slice(0, half)) await bench.put(key, text)
    await writeFile(skewFile, String(skewMs))
    process.kill(worker.pid, 'SIGUSR2')
    await until('the clock has jumped', () => worker.stderr().includes(`the clock is wrong by ${skewMs} ms`))
    for (const { key, text } of files.slice(half)) await bench.put(key, text)
    await bench.untilSettled()
  }
  expect(refusals.length).toBeGreaterThan(0)
  await expectAllStored(bench, { ...load, keys: new Set(load.files.map(({ key }) => key)) })
  expect(await receivesMaxOf(bench)).toBe(1)
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  const lags = await bench.rows<{ least: number; most: number }>(
    'select min(lag_ms)::int as least, max(lag_ms)::int as most from ingest.object',
  )
  expect(lags[0]?.least).toBeGreaterThanOrEqual(0)
  // The ledger's lag goes by the database's clock, which was right all the time.
  expect(lags[0]?.most).toBeLessThan(hours)
  expect(await worker.metric('aftercall_lag_seconds_sum')).toBeGreaterThanOrEqual(0)
  await until('the worker says it is alive', async () => (await worker.get('/healthz')).status === 200)
  await worker.stop()
})
