import { z } from 'zod'
import type { ConfigNeed } from './config-needs.ts'
import { sourceName } from './config-schema.ts'
import { readTls } from './database-tls.ts'
import { readDatabaseUrl } from './database-url.ts'
import type { ValuePath } from './expand-variables.ts'

type RuleProblem = { path: ValuePath; message: string }

// Null means unknown: missing, of the wrong type, or a variable that is not set. The schema reports these. The rules
// check the rest, so that one mistake does not hide another.
const source = z.object({
  name: z.string().nullable().default(null).catch(null),
  bucket: z.string().nullable().default(null).catch(null),
  prefix: z.string().nullable().default('').catch(null),
  discover: z.string().nullable().default('notifications').catch(null),
})
const database = z.object({
  url: z.string().nullable().default('').catch(null),
  host: z.string().nullable().default('').catch(null),
  tls: z.enum(['verify', 'require', 'off']).optional().catch(undefined),
})
const known = z.object({
  database: database.nullable().default(null).catch(null),
  sources: z.array(source.nullable().catch(null)).default([]).catch([]),
  queues: z.object({ live: z.unknown().optional() }).prefault({}).catch({ live: null }),
  worker: z
    .object({
      inFlight: z.number().nullable().default(256).catch(null),
      batchSize: z.number().nullable().default(null).catch(null),
    })
    .prefault({})
    .catch({ inFlight: null, batchSize: null }),
  raw: z.unknown().optional(),
  extra: z.unknown().optional(),
})

type Source = z.output<typeof source> | null

/** Checks the rules between keys, as far as the configuration is readable. */
export function checkRules(tree: unknown, needs: readonly ConfigNeed[]): RuleProblem[] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return []
  const { database, sources, worker, queues, raw, extra } = known.catch(known.parse({})).parse(tree)
  return [
    ...(database === null ? [] : [...checkAddress(database), ...checkTls(database)]),
    ...sources.flatMap((_, position) => [
      ...checkName(sources, position),
      ...checkOverlap(sources, position),
    ]),
    ...checkBatchSize(worker),
    ...(extra === 'undocumented' && raw === 'none' ? [lostFields] : []),
    ...(needs.includes('queue') && queues.live === undefined ? checkLiveQueue(sources) : []),
  ]
}

const lostFields: RuleProblem = {
  path: ['extra'],
  message: 'undocumented needs raw: latest or all, because only the raw document keeps the other fields',
}

function checkAddress({ url, host }: z.output<typeof database>): RuleProblem[] {
  if (url !== '' || host !== '') return []
  return [{ path: ['database', 'url'], message: 'is required, or database.host' }]
}

function checkTls({ url, tls }: z.output<typeof database>): RuleProblem[] {
  const reading = url === null ? undefined : readDatabaseUrl(url)
  if (url === null || reading?.kind !== 'address') return []
  const place = { url, ...(tls === undefined ? {} : { tls }) }
  const results = reading.address.hosts.map((_, position) => readTls(place, position))
  const problem = results.find((one) => one.kind === 'problem')
  return problem === undefined ? [] : [{ path: ['database', 'url'], message: problem.message }]
}

function checkName(sources: Source[], position: number): RuleProblem[] {
  const name = sources[position]?.name ?? null
  const first = sources.findIndex((earlier) => earlier?.name === name)
  if (name === null || first >= position) return []
  return [{ path: ['sources', position, 'name'], message: `sources[${first}] already has this name` }]
}

function checkOverlap(sources: Source[], position: number): RuleProblem[] {
  const later = sources[position] ?? null
  const first = sources.findIndex((earlier) => overlap(earlier, later))
  if (later === null || first === -1 || first >= position) return []
  const names = `${nameOf(sources[first], first)} and ${nameOf(later, position)}`
  return [
    {
      path: ['sources', position, later.prefix === '' ? 'bucket' : 'prefix'],
      message: `${names} overlap: one prefix begins with the other, so an object would belong to both`,
    },
  ]
}

/** Notifications of new objects need a queue. */
function checkLiveQueue(sources: Source[]): RuleProblem[] {
  if (sources.length > 0 && sources.every((source) => source?.discover === 'poll')) return []
  return [{ path: ['queues', 'live'], message: 'is required, unless every source has discover: poll' }]
}

function checkBatchSize(worker: { inFlight: number | null; batchSize: number | null }): RuleProblem[] {
  const { inFlight, batchSize } = worker
  if (inFlight === null || batchSize === null || batchSize <= inFlight) return []
  const message = `must be at most worker.inFlight (${inFlight}): a batch contains only objects in flight`
  return [{ path: ['worker', 'batchSize'], message }]
}

function overlap(one: Source, other: Source): boolean {
  if (one === null || other === null) return false
  if (one.bucket === null || one.bucket !== other.bucket) return false
  if (one.prefix === null || other.prefix === null) return false
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)
}

/** Uses the name only if it is valid. Anything else could be a misplaced secret. */
function nameOf(source: Source | undefined, position: number): string {
  const path = `sources[${position}]`
  return source?.name != null && sourceName.test(source.name) ? `"${source.name}" (${path})` : path
}
