import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { onMigratedDatabase } from '../../services/cli/scripts/on-migrated-database.ts'
import { answerRecipes } from './answer-recipes.ts'
import { loadSample } from './load-sample.ts'
import { readCookbook, withAnswers } from './read-cookbook.ts'

/** `npm run cookbook`: writes the answers of docs/cookbook.md, asked as an analyst. */
const page = new URL('../../docs/cookbook.md', import.meta.url)
const text = await readFile(page, 'utf8')
const recipes = readCookbook(text)
const answers = await onMigratedDatabase(async (db, url) => {
  await loadSample(db)
  return answerRecipes({ url: await analystUrl(db, url) }, recipes)
})
await writeFile(page, withAnswers(text, answers))
process.stdout.write(`Wrote ${recipes.length} answers into docs/cookbook.md.\n`)

async function analystUrl(db: Database, url: string): Promise<string> {
  const password = randomBytes(16).toString('hex')
  await sql`create role analyst login in role aftercall_analyst password ${sql.lit(password)}`.execute(db)
  return Object.assign(new URL(url), { username: 'analyst', password }).href
}
