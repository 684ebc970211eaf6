import { integer, type Random } from '@aftercall/samples/random'
import { migrate } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { oldSessionOf, openUrl, readReleases, storeOld } from '../../services/cli/test/upgrade-fixture.ts'
import { callWithId } from '../e2e/documents.ts'
import type { Stage } from './stage.ts'

/**
 * The database of the previous release, with sessions of it, is migrated in two steps, while two loaders of that release go on.
 * Workers of this release wait for it. The bucket has the same files, which they then find loaded.
 */
export async function upgradeWhileLoading({ url, bench, landed }: Stage, random: Random): Promise<void> {
  const { db, close } = openUrl(url)
  const { first, all } = await readReleases()
  await migrate(db, first)
  await sql`select ingest.create_month('2026-03-01'::date)`.execute(db)
  let isMigrated = false
  const load = async (worker: number): Promise<void> => {
    for (let turn = 0, after = 0; after < 2; turn += 1, after += Number(isMigrated)) {
      const key = `acme/call-${worker * 100_000 + turn}.json`
      const bytes = Buffer.from(JSON.stringify(callWithId(worker * 100_000 + turn)))
      await bench.put(key, bytes)
      landed.push(key)
      await storeOld(db, oldSessionOf(key, bytes, new Date()))
    }
  }
  const loading = Promise.all([load(1), load(2)])
  const middle = integer(random, first.length, all.length - 1)
  await migrate(db, all.slice(0, middle))
  await migrate(db, all)
  isMigrated = true
  await loading
  await close()
}
