import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import type { SampleSession } from '@aftercall/samples/make-sample'
import { writeDocument } from '@aftercall/samples/sample-session'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Loader } from '@aftercall/warehouse/load/loader'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

/** Enough for the loader's batches to be full. */
const sessionsAtOnce = 200

/** Loads every revision of the sessions by the real mapping and the real loader, each tenant as a source of its name. */
export async function loadStream(db: Database, sessions: readonly SampleSession[]): Promise<void> {
  const loader = openLoader(db)
  for (let start = 0; start < sessions.length; start += sessionsAtOnce) {
    const some = sessions.slice(start, start + sessionsAtOnce)
    await Promise.all(some.map((session) => loadSession(loader, session)))
  }
  await loader.drain()
}

async function loadSession(loader: Loader, { tenant, revisions }: SampleSession): Promise<void> {
  const timeZone = builtInTenants.find(({ name }) => name === tenant)?.timeZone ?? 'UTC'
  for (const { key, document, exportedAt } of revisions) {
    const bytes = Buffer.from(writeDocument(document))
    const file = { source: tenant, key: `${tenant}/${key}`, bytes, lastModified: exportedAt }
    const { object, fetched } = foundFile(file)
    await loader.commit(mapFetched(limits, { name: tenant, timeZone }, object, fetched))
  }
}
