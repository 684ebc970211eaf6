import { createSecretKey } from 'node:crypto'
import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import { noSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { SampleSession } from '@aftercall/samples/make-sample'
import { planHistory, sampleHistory } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import type { Database } from '@aftercall/warehouse/connection/database'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import type { Source } from '../../packages/ingest/src/sources/find-source.ts'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'

/** The sample of the cookbook: `aftercall sample --days 42 --sessions 2000`, each tenant loaded as a source of its name. */
export const sample = {
  seed: 'aftercall',
  sessions: 2_000,
  days: 42,
  until: new Date('2026-04-13T00:00:00Z'),
}

type SampleRevision = SampleSession['revisions'][number]

/** With a key, so that people can be told apart. Any other gives the same answers, because none shows a key. */
const settings = { ...noSettings, identityKey: createSecretKey('the identity key of the cookbook', 'utf8') }
const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

/** Stores every revision: first those that the platform wrote first, then the later ones. The rollups have them all. */
export async function loadSample(db: Database, plan: typeof sample = sample): Promise<void> {
  const sources = builtInTenants.map(({ name, timeZone }) => ({
    name,
    timeZone,
    bucket: 'files',
    prefix: `${name}/`,
    settings,
  }))
  await recordSources(db, sources)
  const loader = openLoader(db, { batchSize: 200, lingerMs: 5 })
  const sessions = [...sampleHistory(planHistory(plan))]
  const revisionsMax = Math.max(...sessions.map(({ revisions }) => revisions.length))
  for (let wave = 0; wave < revisionsMax; wave++) {
    const settlements = sessions.flatMap(({ tenant, revisions }) => {
      const revision = revisions[wave]
      const source = sources.find(({ name }) => name === tenant)
      return revision === undefined || source === undefined ? [] : [settlementOf(source, revision)]
    })
    await Promise.all(settlements.map((settlement) => loader.commit(settlement)))
  }
  await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
}

function settlementOf(source: Source, revision: SampleRevision): Settlement {
  const bytes = Buffer.from(writeDocument(revision.document))
  const key = `${source.prefix}${revision.key}`
  const { object, fetched } = foundFile({
    source: source.name,
    key,
    bytes,
    lastModified: revision.exportedAt,
  })
  return mapFetched(limits, source, object, fetched)
}
