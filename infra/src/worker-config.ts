import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Deployment } from './deployment.ts'
import { databaseName, type WarehouseDatabase } from './warehouse-database.ts'

export type WorkerConfigParts = {
  deployment: Pick<Deployment, 'bucket' | 'sources' | 'settings'>
  database: WarehouseDatabase
  live: IQueue
  backfill: IQueue
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
  const place = `${database.endpoint.socketAddress}/${databaseName}`
  return JSON.stringify({
    database: {
      url: `postgres://\${DATABASE_USER}:\${DATABASE_PASSWORD}@${place}`,
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
