import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { openDatabase } from '../src/connection/database.ts'
import { isOutage } from '../src/connection/error-class.ts'
import { openReadOnlySession } from '../src/read-only/read-only-query.ts'

let database: TestDatabase
let login: string
let place: string
let name: string

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const url = new URL(database.url)
  login = `${url.username}:${url.password}`
  place = url.host
  name = url.pathname.slice(1)
})
afterAll(() => database.drop())

/** No server listens there: the port is reserved. */
const closedPort = '127.0.0.1:1'

function urlOf(hosts: string, target?: string, by = login): string {
  return `postgres://${by}@${hosts}/${name}${target === undefined ? '' : `?target_session_attrs=${target}`}`
}

function open(url: string, options: { readOnly?: true } = {}) {
  const handle = openDatabase({
    ...{ url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 30, ...options },
    onIdleError: () => {},
  })
  onTestFinished(() => handle.close())
  return handle
}

const ask = (url: string, options?: { readOnly: true }) => sql`select 1`.execute(open(url, options).db)

async function failureOf(url: string, options?: { readOnly: true }): Promise<Error> {
  const failure = await ask(url, options).catch((error: unknown) => error)
  if (failure instanceof Error) return failure
  throw new Error('the query was answered')
}

test('the first server that can be reached is used, by a pool and by aftercall sql', async () => {
  const handle = open(urlOf(`${closedPort},${place}`))
  await Promise.all([1, 2, 3].map(() => sql`select 1`.execute(handle.db)))
  expect(handle.poolState()).toMatchObject({ total: 2 })
  const session = await openReadOnlySession({ url: urlOf(`${closedPort},${place}`) })
  expect((await session.query('select 1'))[0]?.rows).toEqual([['1']])
  await session.cancel()
  await session.close()
})

test('if no server is what the URL asks for, the error names each with the reason, and is waited out', async () => {
  const failure = await failureOf(urlOf(`${closedPort},${place}`, 'standby'))
  expect(failure).toMatchObject({ code: 'no_suitable_server' })
  expect(failure.message).toMatch(
    /^no server of database.url is a reachable standby: 127.0.0.1:1: connection refused .*; .* is no standby$/,
  )
  expect(isOutage(failure)).toBe(true)
  await expect(openReadOnlySession({ url: urlOf(place, 'standby') })).rejects.toMatchObject({
    code: 'no_suitable_server',
  })
})

test('of several servers, one that takes writes is used, except for reading; a single server is not asked', async () => {
  await sql`alter database ${sql.id(name)} set default_transaction_read_only = on`.execute(database.db)
  onTestFinished(async () => {
    const admin = open(inject('postgresUrl'))
    await sql`alter database ${sql.id(name)} reset default_transaction_read_only`.execute(admin.db)
  })
  const failure = await failureOf(urlOf(`${place},${place}`))
  expect(failure.message).toMatch(/takes writes: (\S+ is read-only and takes no writes(; )?){2}$/)
  await ask(urlOf(`${place},${place}`), { readOnly: true })
  await ask(urlOf(place))
  await ask(urlOf(place, 'read-only'))
  await failureOf(urlOf(place, 'read-write'))
  await ask(urlOf(place, 'primary'))
})

test('a login that one server refuses is not taken for an outage', async () => {
  const failure = await failureOf(urlOf(`${closedPort},${place}`, undefined, 'nobody_here:wrong'))
  expect(failure).toMatchObject({ code: expect.stringMatching(/^28/) })
})
