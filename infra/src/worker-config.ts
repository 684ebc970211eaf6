import type { Deployment } from './deployment.ts'

export type WorkerConfigParts = {
  deployment: Pick<Deployment, 'bucket' | 'sources' | 'settings'>
  /** `host:port/database`. */
  database: { place: string }
  live: { queueUrl: string }
  backfill: { queueUrl: string }
  /** The path of the certificate authorities in the task or function that reads this. */
  caFile: string
  /** Maximum number of connections per process. */
  poolMax?: number
}

/**
 * aftercall.yaml as text; JSON is YAML. User and password come from the environment, so that templates never contain
 * them. The user changes too, because rotation alternates between two users.
 */
export function writeWorkerConfig(parts: WorkerConfigParts): string {
  const { database, live, backfill, caFile, poolMax = 4 } = parts
  const { bucket, sources, settings } = parts.deployment
  return JSON.stringify({
    database: {
      url: `postgres://\${DATABASE_USER}:\${DATABASE_PASSWORD}@${database.place}`,
      tls: 'verify',
      tlsCaFile: caFile,
      poolMax,
    },
    queues: { live: { url: live.queueUrl }, backfill: { url: backfill.queueUrl } },
    sources: sources.map((source) => ({ ...source, bucket: bucket.bucketName })),
    reconcile: { every: '24h' },
    ...settings,
  })
}
