import { connect, createServer, type Server } from 'node:net'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import type { Loader } from '../src/load/loader.ts'
import { type Draft, settlementOf } from './document.ts'
import { openLoader } from './open-loader.ts'

let database: TestDatabase
let relay: Server
let handle: DatabaseHandle
/** How often the client has sent something after an answer. */
let roundTrips = 0
/** One for all: it knows the agents that it has stored. */
let loader: Loader

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const { port, hostname } = new URL(database.url)
  relay = createServer((client) => {
    const server = connect(Number(port), hostname)
    let hasAnswered = true
    client.on('data', () => {
      if (hasAnswered) roundTrips += 1
      hasAnswered = false
    })
    server.on('data', () => {
      hasAnswered = true
    })
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const address = relay.address()
  if (typeof address === 'string' || address === null) throw new Error('the relay has no port')
  const url = new URL(database.url)
  url.port = String(address.port)
  handle = openDatabase({
    ...{ url: url.href, poolMax: 1, applicationName: 'test', statementTimeoutSeconds: 30 },
    onIdleError: () => {},
  })
  loader = openLoader(handle.db, { months: { ensure: async () => {} }, batchSize: 20 })
})
afterAll(async () => {
  await handle.close()
  relay.close()
  await database.drop()
})

async function roundTripsOf(drafts: readonly Draft[]): Promise<number> {
  const before = roundTrips
  const outcomes = await Promise.all(drafts.map((draft) => loader.commit(settlementOf(draft))))
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['stored']))
  return roundTrips - before
}

const drafts = (updatedAt: string): Draft[] =>
  Array.from({ length: 20 }, (_, id) => ({ id: id + 1, updatedAt, transfers: [id] }))

test('a batch takes five round trips, four if it replaces nothing, and one more where an agent is new', async () => {
  // The connection is open afterwards.
  await roundTripsOf([{ id: 1_000 }])
  expect(await roundTripsOf(drafts('2026-03-23T20:28:00Z'))).toBe(4)
  expect(await roundTripsOf(drafts('2026-03-23T20:30:00Z'))).toBe(5)
  const withNewAgent = drafts('2026-03-23T20:32:00Z').map((draft) => ({ ...draft, participants: [1, 2] }))
  expect(await roundTripsOf(withNewAgent)).toBe(6)
})
