import { createHash } from 'node:crypto'
import { startObjectStoreAndQueue } from '@aftercall/embedded/object-store-and-queue'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { listPages } from '@aftercall/storage/listing/list-objects'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { inject } from 'vitest'
import { loadListed } from '../bulk/load-listed.ts'
import { openIngest } from '../open-ingest.ts'
import type { Difference } from './difference.ts'
import { type ReconcileRequest, runReconcile } from './run-reconcile.ts'

export const bucket = 'session-files'

export type LedgerRow = {
  key: string
  outcome?: string
  code?: string | null
  etag?: string | null
  lastModified?: string
  removedAt?: string
}

/** A bucket, a database, and comparisons of the two over real sockets. */
export async function openReconcileBench() {
  const database = await createTestDatabase(inject('postgresUrl'), { poolMax: 6 })
  const aws = await startObjectStoreAndQueue()
  await aws.createBucket(bucket)
  const env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }
  const s3 = createS3Client({ env })
  const { db } = database

  async function put(key: string, content = `{"of":${JSON.stringify(key)}}`): Promise<void> {
    await putObject(s3, { bucket, key, bytes: Buffer.from(content) })
  }

  /** Rows that were settled an hour ago; with the ETag of what `put` writes by itself. */
  async function addToLedger(rows: LedgerRow[]): Promise<void> {
    const given = rows.map(({ key, etag, ...row }) => ({
      ...{ key, outcome: 'stored', lastModified: new Date().toISOString(), ...row },
      etag: etag === undefined ? etagOf(key) : etag,
    }))
    await sql`
      insert into ingest.object (bucket, object_key, source, outcome, code, etag, last_modified, removed_at, settled_at)
      select ${bucket}, key, 'acme', outcome, code, etag, "lastModified", "removedAt", now() - interval '1 hour'
      from json_to_recordset(${JSON.stringify(given)}::json)
        as given (key text, outcome text, code text, etag text, "lastModified" timestamptz, "removedAt" timestamptz)
    `.execute(db)
  }

  async function reconcile(prefix: string, changes: Partial<ReconcileRequest> = {}) {
    const source = { name: 'acme', bucket, prefix }
    const findings: Difference[] = []
    const { signal } = new AbortController()
    const report = await runReconcile({
      ...{ db, source, signal },
      run: { purpose: 'command', host: 'test' },
      bucketObjects: { pages: listPages(s3, { bucket, prefix, signal }), asOf: null },
      graceMs: undefined,
      onDifference: (finding) => void findings.push(finding),
      ...changes,
    })
    return { report, findings, found: foundBy(findings) }
  }

  /** The real path, for a source of that prefix. */
  function fixOf(prefix: string, acceptsGone = false): NonNullable<ReconcileRequest['fix']> {
    const ingest = openIngest({
      config: {
        database: { url: database.url, poolMax: 2, statementTimeoutSeconds: 30 },
        sources: [{ name: 'acme', bucket, prefix, discover: 'notifications', pollEvery: '5m' }],
        worker: {
          inFlight: 8,
          batchSize: 8,
          lingerMs: 5,
          objectBytesMax: 1e6,
          inFlightBytesMax: 268_435_456,
          graceSeconds: 5,
          receivers: 1,
        },
        raw: 'latest',
        encryption: { keys: [] },
        extra: 'all',
        identity: {},
        analytics: { customDataKeys: [] },
        months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
      },
      clients: { of: () => s3, getObjectOf: () => getObjectBySdk(s3), destroy() {} },
      ...{ db, logger: createLogger({ level: 'silent' }), metrics: createMetrics({ version: 'test' }) },
      signal: new AbortController().signal,
      isLive: false,
    })
    const loading = { ingest, limit: createAdaptiveLimit({ inFlightMax: 8 }), origin: 'Reconcile' } as const
    return {
      load: ({ key, listed }, signal) => loadListed(loading, { bucket, key, etag: listed?.etag }, signal),
      inFlightMax: 8,
      acceptsGone,
    }
  }

  return {
    ...{ database, s3, put, addToLedger, reconcile, fixOf },
    async close() {
      s3.destroy()
      await aws.stop()
      await database.drop()
    },
  }
}

function foundBy(findings: readonly Difference[]): Record<string, string[]> {
  const keysByClass = Map.groupBy(findings, (finding) => finding.class)
  return Object.fromEntries([...keysByClass].map(([found, all]) => [found, all.map(({ key }) => key)]))
}

function etagOf(key: string): string {
  return createHash('md5')
    .update(`{"of":${JSON.stringify(key)}}`)
    .digest('hex')
}
