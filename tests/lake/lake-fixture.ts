import { createHash } from 'node:crypto'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planSamples, sampleSession } from '@aftercall/samples/sample-session'
import type { Database } from '@aftercall/warehouse/connection/database'
import { findDays } from '@aftercall/warehouse/lake/find-days'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { readDatedViews, readLakeSources } from '@aftercall/warehouse/lake/read-lake-views'
import type { Loader } from '@aftercall/warehouse/load/loader'
import { settlementOfDocument } from '../../packages/warehouse/test/document.ts'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { spoolDay } from '../../services/cli/src/export/export-day.ts'
import { openFolderPlace } from '../../services/cli/src/export/folder-place.ts'
import type { LakePlace } from '../../services/cli/src/export/lake-place.ts'
import { findPublishedViews } from '../../services/cli/src/publish/parse-options.ts'
import { publishChanges } from '../../services/cli/src/publish/publish-changes.ts'
import type { PublishReport } from '../../services/cli/src/publish/publish-types.ts'

/** Every local day on which a sample of these tests can have a row. */
const days = Array.from({ length: 40 }, (_, index) =>
  new Date(Date.UTC(2026, 2, 20 + index)).toISOString().slice(0, 10),
)
const plan = planSamples({ seed: 'lake', startAt: '2026-03-28', days: 4 })
const { signal } = new AbortController()
const lease = { signal, confirm: async () => {} }
const logger = { info() {}, warn() {} }

export type Delivery = { sample: number; revision: number; source: string; id: number; shiftDays: number }

/** A sample session in one of its revisions, as another session and moved by some days. */
export async function deliver(
  db: Database,
  delivery: Delivery,
  loader: Loader = lakeLoader(db),
): Promise<void> {
  const { sample, revision, source, id, shiftDays } = delivery
  const { revisions } = sampleSession(plan, sample)
  const document = structuredClone(revisions[revision % revisions.length]?.document ?? {})
  const createdAt = String(document.created_at)
  const moved = new Date(`${createdAt.slice(0, 10)}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + shiftDays)
  const created_at = `${moved.toISOString().slice(0, 10)}${createdAt.slice(10)}`
  const key = `${id}-${sample}-${revision}-${shiftDays}.json`
  await loader.commit(settlementOfDocument({ ...document, id, created_at }, { key, source }))
}

export function lakeLoader(db: Database): Loader {
  return openLoader(db, { batchSize: 4 })
}

export async function viewsOf(db: Database, names: readonly string[] = []): Promise<LakeView[]> {
  return findPublishedViews(names, await readDatedViews(db))
}

/** One turn of a publisher in this process. */
export async function publish(
  db: Database,
  to: string,
  { views, lake, all = false }: { views: LakeView[]; lake?: LakePlace; all?: boolean },
): Promise<PublishReport> {
  const place = lake ?? openFolderPlace(to)
  const request = { to, views, all, everySeconds: 900, once: true, forget: false }
  try {
    // Only these two of its functions are called.
    return await publishChanges({ db, lake: place, logger: logger as never }, request, { lease, signal })
  } finally {
    await place.close().catch(() => {})
  }
}

/** The hash of each file of a place, by its folder. */
export async function filesOf(to: string): Promise<Map<string, string>> {
  const paths = await Array.fromAsync(glob(join(to, '*/*/*/part.parquet')))
  const hashes = await Promise.all(
    paths.sort().map(async (path): Promise<[string, string]> => {
      const folder = path.slice(to.length + 1, -'/part.parquet'.length)
      return [
        folder,
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ]
    }),
  )
  return new Map(hashes)
}

/** What the files would have to be: the same rows give the same bytes. */
export async function expectedFiles(db: Database, views: readonly LakeView[]): Promise<Map<string, string>> {
  const sources = await readLakeSources(db)
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-expected-'))
  const place = openFolderPlace(folder)
  const expected = new Map<string, string>()
  for (const view of views) {
    for (const found of await findDays(db, { view: view.name, sources, days })) {
      const [source = '', localDay = ''] = found.split('/')
      const day = { view, source, localDay }
      const { sha256 } = await spoolDay(db, place, { day, format: 'parquet', signal })
      expected.set(`view=${view.name}/source=${source}/local_day=${localDay}`, sha256)
    }
  }
  await rm(folder, { recursive: true })
  return new Map([...expected].sort())
}
