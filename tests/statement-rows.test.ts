import { createTestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type DeclaredStatement, readDeclaredStatements } from './statement-rows/declared-statements.ts'
import { recordStatements, statementOf } from './statement-rows/recorded-statements.ts'
import { runEveryStatement } from './statement-rows/run-every-statement.ts'

const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '')

test('the row type of every raw statement of the warehouse is what the database answers', async () => {
  const declared = readDeclaredStatements(root, 'packages/warehouse')
  expect(declared.length).toBeGreaterThan(60)
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  // More than are counted one by one, so that the estimate is asked for as well.
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, content_sha256, mapping_version)
    select 'acme', 'chat', id, now(), now(), now(), now(), '', 1
    from generate_series(1, 10001) as id`.execute(database.db)
  const recorded = recordStatements()
  await runEveryStatement(database.db)

  const answered = new Map<DeclaredStatement, Record<string, string>>()
  const wrong = recorded.flatMap((one) => {
    const statement = statementOf(declared, one)
    if (statement === undefined) return []
    answered.set(statement, one.columns)
    return differencesOf(statement, one.columns)
  })
  expect([...new Set(wrong)]).toEqual([])
  expect(declared.filter((one) => !answered.has(one)).map(({ place }) => `${place} was not run`)).toEqual([])
})

function differencesOf({ place, columns }: DeclaredStatement, answered: Record<string, string>): string[] {
  const names = new Set([...Object.keys(columns), ...Object.keys(answered)])
  return [...names]
    .filter((name) => columns[name] !== answered[name])
    .map(
      (name) =>
        `${place}: ${name} is ${columns[name] ?? 'not declared'}, answered as ${answered[name] ?? 'nothing'}`,
    )
}
