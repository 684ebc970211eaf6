import { PassThrough } from 'node:stream'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { expect, test } from 'vitest'
import { readTotals } from '../src/backfill/read-totals.ts'
import { showBackfillProgress } from '../src/backfill/show-progress.ts'

const streams = () => [new PassThrough(), new PassThrough(), new PassThrough({ encoding: 'utf8' })] as const

test('the last line of a finished backfill has no time left, and no rate if nothing was loaded', async () => {
  const lastLine = async (stored: number) => {
    const [stdin, stdout, stderr] = streams()
    const context = { env: {}, stdin, stdout, stderr, signals: { on() {}, off() {} }, exitNow() {} }
    const metrics = createMetrics({ version: '1' })
    const limits = { shards: 1, listersMax: 1, inFlightMax: () => 1 }
    const totals = () => readTotals(metrics)
    const progress = showBackfillProgress(context, { totals, json: false, ...limits })
    if (stored > 0) metrics.objects.inc({ outcome: 'stored', code: '' }, stored)
    progress.events.pageRead({ listed: 3, toLoad: stored })
    progress.events.shardDone({ shard: 0, done: 1, shards: 1 })
    await progress.stop()
    return String(stderr.read()).trimEnd()
  }
  expect(await lastLine(0)).toMatch(/100 % {2}3 listed {2}none loaded yet$/)
  expect(await lastLine(2)).toMatch(/100 % {2}3 listed {2}\d+ files\/s {2}\d.*\/s {2}stored 2$/)
})
