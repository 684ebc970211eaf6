import { z } from 'zod'
import type { ConfigNeed } from './config-needs.ts'
import { isPostgresUrl, sourceName } from './config-schema.ts'
import { readTls } from './database-tls.ts'
import type { ValuePath } from './expand-variables.ts'

type RuleProblem = { path: ValuePath; message: string }

// Null is "not known": missing, of the wrong type, or a variable that is not set. The schema reports
// that; the rules here go on with what is left, so that one mistake does not hide another.
const source = z.object({
  name: z.string().nullable().default(null).catch(null),
  bucket: z.string().nullable().default(null).catch(null),
  prefix: z.string().nullable().default('').catch(null),
  discover: z.string().nullable().default('notifications').catch(null),
})
const database = z.object({
  url: z.string().nullable().default(null).catch(null),
  tls: z.enum(['verify', 'require', 'off']).optional().catch(undefined),
})
const known = z.object({
  database: database.prefault({}).catch({ url: null, tls: undefined }),
  sources: z.array(source.nullable().catch(null)).default([]).catch([]),
  queues: z.object({ live: z.unknown().optional() }).prefault({}).catch({ live: null }),
  worker: z
    .object({
      inFlight: z.number().nullable().default(256).catch(null),
      batchSize: z.number().nullable().default(null).catch(null),
    })
    .prefault({})
    .catch({ inFlight: null, batchSize: null }),
})

type Source = z.output<typeof source> | null

/** The rules between keys, checked on whatever of the configuration is readable. */
export function checkRules(tree: unknown, needs: readonly ConfigNeed[]): RuleProblem[] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return []
  const { database, sources, worker, queues } = known.catch(known.parse({})).parse(tree)
  return [
    ...checkTls(database),
    ...sources.flatMap((_, position) => [
      ...checkName(sources, position),
      ...checkOverlap(sources, position),
    ]),
    ...checkBatchSize(worker),
    ...(needs.includes('queue') && queues.live === undefined ? checkLiveQueue(sources) : []),
  ]
}

function checkTls({ url, tls }: z.output<typeof database>): RuleProblem[] {
  if (url === null || !isPostgresUrl(url)) return []
  const reading = readTls({ url, ...(tls === undefined ? {} : { tls }) })
  return reading.kind === 'tls' ? [] : [{ path: ['database', 'url'], message: reading.message }]
}

function checkName(sources: Source[], position: number): RuleProblem[] {
  const name = sources[position]?.name ?? null
  const first = sources.findIndex((earlier) => earlier?.name === name)
  if (name === null || first >= position) return []
  return [{ path: ['sources', position, 'name'], message: `is the name of sources[${first}] already` }]
}

function checkOverlap(sources: Source[], position: number): RuleProblem[] {
  const later = sources[position] ?? null
  const first = sources.findIndex((earlier) => overlap(earlier, later))
  if (later === null || first === -1 || first >= position) return []
  const names = `${nameOf(sources[first], first)} and ${nameOf(later, position)}`
  return [
    {
      path: ['sources', position, later.prefix === '' ? 'bucket' : 'prefix'],
      message: `${names} overlap: an object would belong to both, because the prefix of one begins with that of the other`,
    },
  ]
}

/** Whoever is told of new objects must be told somewhere. */
function checkLiveQueue(sources: Source[]): RuleProblem[] {
  if (sources.length > 0 && sources.every((one) => one?.discover === 'poll')) return []
  return [{ path: ['queues', 'live'], message: 'is required, unless every source says discover: poll' }]
}

function checkBatchSize(worker: { inFlight: number | null; batchSize: number | null }): RuleProblem[] {
  const { inFlight, batchSize } = worker
  if (inFlight === null || batchSize === null || batchSize <= inFlight) return []
  const message = `must not be above worker.inFlight (${inFlight}): a batch holds only what is in flight`
  return [{ path: ['worker', 'batchSize'], message }]
}

function overlap(one: Source, other: Source): boolean {
  if (one === null || other === null) return false
  if (one.bucket === null || one.bucket !== other.bucket) return false
  if (one.prefix === null || other.prefix === null) return false
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)
}

/** By its name where it has a proper one; anything else might be a value gone astray. */
function nameOf(one: Source | undefined, position: number): string {
  const place = `sources[${position}]`
  return one?.name != null && sourceName.test(one.name) ? `"${one.name}" (${place})` : place
}
