import { plantedTargets } from './planted/planted-targets.ts'
import type { Target } from './target.ts'

/** Loaded when they are asked for, so that only the code of one is measured. */
const targets: Readonly<Record<string, (databaseUrl?: string) => Promise<Target>>> = {
  message: async () => (await import('./targets/message.ts')).message(),
  document: async () => (await import('./targets/document.ts')).document(),
  gzip: async () => (await import('./targets/gzip.ts')).gzip(),
  'http-answer': async () => (await import('./targets/http-answer.ts')).httpAnswer(),
  'sqs-answer': async () => (await import('./targets/sqs-answer.ts')).sqsAnswer(),
  's3-answer': async () => (await import('./targets/s3-answer.ts')).s3Answer(),
  listing: async () => (await import('./targets/listing.ts')).listing(),
  'inventory-csv': async () => (await import('./targets/inventory-csv.ts')).inventoryCsv(),
  'inventory-parquet': async () => (await import('./targets/inventory-parquet.ts')).inventoryParquet(),
  'inventory-manifest': async () => (await import('./targets/inventory-manifest.ts')).inventoryManifest(),
  config: async () => (await import('./targets/config.ts')).config(),
  'console-request': async (databaseUrl) =>
    (await import('./targets/console-request.ts')).consoleRequest(databaseUrl),
  'identity-token': async () => (await import('./targets/identity-token.ts')).identityToken(),
}

export const targetNames: readonly string[] = Object.keys(targets)

/**
 * A target that needs a database starts its own unless it is given one.
 *
 * @throws RangeError for a name that is none of `targetNames` and not planted.
 */
export async function createTarget(name: string, databaseUrl?: string): Promise<Target> {
  const all: typeof targets = { ...targets, ...plantedTargets }
  const create = all[name]
  if (create === undefined) throw new RangeError(`no target is named ${name}`)
  return create(databaseUrl)
}

export function isTarget(name: string): boolean {
  return name in targets || name in plantedTargets
}
