import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { expect, inject, onTestFinished, test } from 'vitest'
import { attemptsMax, loadListed } from './load-listed.ts'
import { openBulkIngest } from './open-bulk-ingest.ts'

type Answer = { status: number; body: string }

const refusal = (status: number, code: string): Answer => ({
  status,
  body: `<Error><Code>${code}</Code></Error>`,
})
const neverCalled = new AbortController().signal
const inFlight = 8

/** The bulk path over real sockets, to a store that answers as the test says. No wait between tries. */
async function openPath(client: 'signed' | 'sdk', answers: Answer[]) {
  const database = await createTestDatabase(inject('postgresUrl'), { poolMax: 4 })
  const gets: string[] = []
  const server = createServer(({ method = '', url = '' }, answer) => {
    gets.push(`${method} ${url}`)
    const { status, body } =
      (answers.length > 1 ? answers.shift() : answers[0]) ?? refusal(500, 'InternalError')
    answer.writeHead(status, { 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT', etag: '"e"' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const metrics = createMetrics({ version: 'test' })
  const bulk = openBulkIngest({
    config: {
      database: { url: database.url, poolMax: 4, statementTimeoutSeconds: 30 },
      sources: [{ name: 'acme', bucket: 'files', prefix: '', discover: 'notifications', pollEvery: '5m' }],
      worker: {
        ...{ inFlight, batchSize: 8, lingerMs: 1, graceSeconds: 5, receivers: 1 },
        ...{ objectBytesMax: 1e6, inFlightBytesMax: 268_435_456 },
      },
      raw: 'latest',
      encryption: { keys: [] },
      extra: 'all',
      identity: {},
      analytics: { customDataKeys: [] },
      months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
      s3: { client },
    },
    clients: { env: { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' } },
    ...{ db: database.db, logger: createLogger({ level: 'silent' }), metrics, signal: neverCalled },
  })
  onTestFinished(async () => {
    await bulk.close()
    server.closeAllConnections()
    server.close()
    await database.drop()
  })
  const limit = bulk.limitOf({ name: 'acme' })
  const ingest = { ...bulk.ingest, random: () => 0 }
  const load = () =>
    loadListed({ ingest, limit, origin: 'Backfill' }, { bucket: 'files', key: 'call-1.json' }, neverCalled)
  return { gets, limit, load, metrics }
}

test.each(['signed', 'sdk'] as const)(
  's3.client: %s a throttled object costs one GET a try, and the limit of its source halves',
  async (client) => {
    const { gets, limit, load, metrics } = await openPath(client, [refusal(503, 'SlowDown')])
    expect(await load()).toMatchObject({ kind: 'failed', code: 'throttled' })
    expect(gets).toHaveLength(attemptsMax)
    // Within a second, all slow-downs count as one.
    expect(limit.state().inFlightMax).toBe(inFlight / 2)
    expect((await metrics.fetchRetries.get()).values[0]?.value).toBe(attemptsMax - 1)
  },
)

test.each(['signed', 'sdk'] as const)(
  's3.client: %s a passing fault costs one GET more, and no permits',
  async (client) => {
    const { gets, limit, load } = await openPath(client, [
      refusal(500, 'InternalError'),
      { status: 200, body: '{}' },
    ])
    expect(await load()).toMatchObject({ kind: 'ignored' })
    expect(gets).toHaveLength(2)
    expect(limit.state().inFlightMax).toBe(inFlight)
  },
)
