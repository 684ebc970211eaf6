import { readFile } from 'node:fs/promises'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { expect, inject, onTestFinished, test } from 'vitest'
import { generateTableTypes } from './table-types/generate-table-types.ts'

const committed = new URL('../packages/warehouse/src/schema/generated-tables.ts', import.meta.url)

test('the committed table types are those of the migrated database (if not: npm run table-types)', async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  expect(await generateTableTypes(database.db)).toBe(await readFile(committed, 'utf8'))
})
