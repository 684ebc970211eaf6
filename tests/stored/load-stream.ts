import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import type { SampleSession } from '@aftercall/samples/make-sample'
import { writeDocument } from '@aftercall/samples/sample-session'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import type { Database } from '@aftercall/warehouse/connection/database'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

/** Loads every revision of the sessions by the real mapping and the real loader, each tenant as a source of its name. */
export async function loadStream(db: Database, sessions: Iterable<SampleSession>): Promise<void> {
  const loader = openLoader(db)
  for (const { tenant, revisions } of sessions) {
    const timeZone = builtInTenants.find(({ name }) => name === tenant)?.timeZone ?? 'UTC'
    for (const { key, document, exportedAt } of revisions) {
      const bytes = Buffer.from(writeDocument(document))
      const file = { source: tenant, key: `${tenant}/${key}`, bytes, lastModified: exportedAt }
      const { object, fetched } = foundFile(file)
      await loader.commit(mapFetched(limits, { name: tenant, timeZone }, object, fetched))
    }
  }
  await loader.drain()
}
