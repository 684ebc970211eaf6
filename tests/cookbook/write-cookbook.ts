import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { answerRecipes } from './answer-recipes.ts'
import { loadSample } from './load-sample.ts'
import { readCookbook, withAnswers } from './read-cookbook.ts'

/** `npm run cookbook`: writes the answers of docs/cookbook.md, asked as an analyst. */
const page = new URL('../../docs/cookbook.md', import.meta.url)
const migrationsDir = new URL('../../migrations', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'aftercall-cookbook-'))
// Root's Postgres runs as another user, who has to get into the folder.
await chmod(folder, 0o711)
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } })
const database = openDatabase({
  url: postgres.url,
  poolMax: 4,
  applicationName: 'aftercall-cookbook',
  statementTimeoutSeconds: 60,
  onIdleError: () => {},
})
try {
  await migrate(database.db, await readMigrations(migrationsDir))
  await loadSample(database.db)
  const text = await readFile(page, 'utf8')
  const recipes = readCookbook(text)
  const answers = await answerRecipes({ url: await analystUrl() }, recipes)
  await writeFile(page, withAnswers(text, answers))
  process.stdout.write(`Wrote ${recipes.length} answers into docs/cookbook.md.\n`)
} finally {
  await database.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function analystUrl(): Promise<string> {
  const password = randomBytes(16).toString('hex')
  await sql`create role analyst login in role aftercall_analyst password ${sql.lit(password)}`.execute(
    database.db,
  )
  return Object.assign(new URL(postgres.url), { username: 'analyst', password }).href
}
