import { createTestDatabase } from '@aftercall/testkit/test-database'
import type { Database } from '@aftercall/warehouse/connection/database'
import { erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { filesOfPeople, identityKey, loadFiles, openErasingLoader, pat } from './load-people.ts'
import { readFigures } from './read-figures.ts'
import { searchDatabase } from './search-database.ts'

const written = [
  ...['warehouse.session', 'warehouse.call_participant', 'warehouse.session_document'],
  ...['warehouse.session_collision', 'ingest.object', 'ingest.rejection', 'ingest.rejected_content'],
  ...['ingest.schema_drift', 'warehouse.agent'],
]

/** The first statements that change these tables fail, as those of a deadlock's victim do. A sequence is not rolled back. */
async function failFirst(db: Database, states: readonly string[]): Promise<void> {
  await sql`create schema planted`.execute(db)
  for (const table of written) {
    const name = `planted.${table.replace('.', '_')}`
    await sql
      .raw(
        `create sequence ${name};
         create function ${name}() returns trigger language plpgsql as $$
           declare state text := ('{${states.join()}}'::text[])[nextval('${name}')];
           begin
             if state is not null then raise 'planted' using errcode = state; end if;
             return null;
           end $$;
         create trigger planted before update or delete on ${table} for each statement execute function ${name}()`,
      )
      .execute(db)
  }
}

async function openWithPeople(): Promise<Database> {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(database.drop)
  await loadFiles(database.db, filesOfPeople(), openErasingLoader(database.db, { raw: 'all' }))
  return database.db
}

const erase = (db: Database) =>
  erasePerson(db, {
    selector: { source: 'acme', kind: 'end_user', value: String(pat.id) },
    ...{ identityKey, askedBy: 'tester', reason: null, withNames: false, consumersMax: 10 },
    ...{ opener: createOpener(db, undefined), skipsUnreadable: false, signal: new AbortController().signal },
  })

test('an erasure tries again what the server has ended for another transaction, and erases and counts the same', async () => {
  const [db, other] = await Promise.all([openWithPeople(), openWithPeople()])
  const figures = await readFigures(db)
  await failFirst(db, ['40P01', '40001', '55P03'])
  const [{ counts }, undisturbed] = await Promise.all([erase(db), erase(other)])
  expect(counts).toEqual(undisturbed.counts)
  expect(await searchDatabase(db, [...pat.texts, pat.id])).toEqual([])
  expect(await readFigures(db)).toEqual(figures)
})

test.each(['40P01', '23505'])(
  'an erasure that fails with %s each time ends with that error',
  async (state) => {
    const db = await openWithPeople()
    await failFirst(
      db,
      Array.from({ length: 100 }, () => state),
    )
    await expect(erase(db)).rejects.toMatchObject({ code: state })
  },
)
