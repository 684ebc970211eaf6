import { readFile } from 'node:fs/promises'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { postgresDialect } from '../src/connection/driver.ts'
import { otherEventCode, removedCode, writeLedger } from '../src/ledger/ledger.ts'
import type { DB } from '../src/schema/generated-tables.ts'

/** Every statement that `work` sends; each is answered with no rows. */
async function statementsOf(work: (db: Kysely<DB>) => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const connection = {
    executeQuery: async ({ sql }: { sql: string }) => {
      sent.push(sql.replaceAll(/\s+/g, ' ').trim())
      return { rows: [] }
    },
    streamQuery: () => {
      throw new Error('not used')
    },
  }
  const driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: async () => {},
    commitTransaction: async () => {},
    rollbackTransaction: async () => {},
    destroy: async () => {},
  }
  await work(new Kysely<DB>({ dialect: postgresDialect(driver) }))
  return sent
}

const object = { bucket: 'files', source: 'acme', receiveCount: 1 }
const rest = { session: null, documentCount: 0 }

/** What Citus refuses, which spreads tables over several servers (ADR 41). */
test('no statement of the ledger has a parameter behind its conflict clause, or the time in a choice of an update', async () => {
  const statements = await statementsOf((db) =>
    writeLedger(db, [
      { ...rest, about: 'content', object: { ...object, key: 'a' }, outcome: { kind: 'stored' } },
      { ...rest, about: 'content', object: { ...object, key: 'b' }, outcome: { kind: 'missing' } },
      {
        ...rest,
        about: 'removal',
        object: { ...object, key: 'c', eventTime: new Date(0) },
        outcome: { kind: 'ignored', code: removedCode },
      },
      {
        ...rest,
        about: 'note',
        object: { ...object, key: 'd' },
        outcome: { kind: 'ignored', code: otherEventCode },
      },
      {
        ...rest,
        about: 'failure',
        object: { ...object, key: 'e' },
        outcome: { kind: 'failed', code: 'throttled' },
      },
    ]),
  )
  const upserts = statements.filter((one) => one.includes(' on conflict '))
  const updates = statements.filter((one) => one.startsWith('update '))
  expect([upserts.length, updates.length]).toEqual([3, 2])
  for (const one of upserts) expect(one.slice(one.indexOf(' on conflict '))).not.toMatch(/\$\d/)
  for (const one of updates) expect(one).not.toMatch(/(?:coalesce|case)[^)]*now\(/)
})

/** Citus locks rows only where one shard has them all; facts and heads are spread by session. */
test('each statement by which retention locks rows is about one session', async () => {
  const file = new URL('../../../migrations/0005_maintain_months.sql', import.meta.url)
  const statements = (await readFile(file, 'utf8')).split(';').filter((one) => /\bfor update\b/.test(one))
  expect(statements).toHaveLength(3)
  for (const one of statements) {
    const locking = one.slice(0, one.indexOf('for update'))
    expect(locking).toMatch(/\.session_id = (?:key\.session_id|\$5)/)
  }
})
