import { z } from 'zod'
import { isDuration } from '../text/duration.ts'
import { consoleSchema } from './console-schema.ts'
import { databaseSchema } from './database-schema.ts'
import { encryptionSchema } from './encryption-schema.ts'
import { listenAddress } from './listen-address.ts'

/** HMAC-SHA-256 is as strong as its key up to this length (RFC 2104). */
const identityKeyBytesMin = 32
const identityKeyAdvice = 'is shorter than 32 bytes; make one with: openssl rand -base64 32'

const httpUrlAdvice = 'must be an http:// or https:// URL without a user name or password'

const queue = z.strictObject({
  url: z.string().refine(isHttpUrl, httpUrlAdvice),
  /** How long a received message stays invisible to others. SQS allows up to 12 hours. */
  visibilitySeconds: z.int().min(2).max(43_200).default(60),
})

const queues = z.strictObject({
  /** Optional only if every source is polled. */
  live: z.exactOptional(queue),
  /** For bulk loads, so that they do not delay new objects. */
  backfill: z.exactOptional(queue),
})

/** The name appears in tables, labels, and commands, so it is kept simple. */
export const sourceName = /^[a-z][a-z0-9_]{0,31}$/

const duration = z.string().refine(isDuration, 'must be a duration such as 30s, 5m, 24h or 7d')

const source = z.strictObject({
  name: z
    .string()
    .regex(
      sourceName,
      'must have 1 to 32 characters of a-z, 0-9, and _, and begin with a letter, for example acme_eu',
    ),
  bucket: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/,
      'must be the name of a bucket, without s3:// and path',
    ),
  /** Only keys with this prefix belong to the source. */
  prefix: z
    .string()
    .max(1024)
    .refine(
      isPlainPrefix,
      'must not begin or end with a space, and must not contain control characters (such as a newline)',
    )
    .refine(
      (text) => !text.startsWith('/'),
      'must not begin with /: keys have no leading slash; remove it, or leave the prefix empty for the whole bucket',
    )
    .default(''),
  /** For times without an offset in documents. */
  timeZone: z.exactOptional(
    z
      .string()
      .refine(isTimeZone, 'must be an IANA time zone, for example America/New_York')
      .refine(
        (text) => !isAmbiguousZone(text),
        'is ambiguous: use an IANA time zone, for example America/New_York or Asia/Kolkata',
      ),
  ),
  /** Of the bucket. By default the SDK chooses it. */
  region: z.exactOptional(
    z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a region, for example eu-west-1'),
  ),
  /** For a store that is not the one of the environment: for Google Cloud Storage, https://storage.googleapis.com. */
  endpoint: z.exactOptional(z.string().refine(isHttpUrl, httpUrlAdvice)),
  /** Keys for this source only, such as HMAC keys of Google Cloud Storage. By default the SDK's provider chain is used. */
  credentials: z.exactOptional(
    z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) }),
  ),
  /** We pay for requests to a Requester Pays bucket. */
  requestPayer: z.exactOptional(z.literal('requester')),
  /** The bucket is not read if another AWS account owns it. */
  expectedBucketOwner: z.exactOptional(
    z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account id, in quotes'),
  ),
  /** How new objects are found: by notifications from the queue, or by listing, for stores without notifications. */
  discover: z.enum(['notifications', 'poll']).default('notifications'),
  /** How often a polled source is listed. */
  pollEvery: duration.default('5m'),
  /** Months that `aftercall maintain` keeps in addition to the current one. By default everything is kept. */
  retentionMonths: z.exactOptional(z.int().min(1).max(1200)),
})

const worker = z.strictObject({
  /** The most objects in flight: the only limit on concurrency. */
  inFlight: z.int().min(1).max(10_000).default(256),
  /** The most documents in one transaction. */
  batchSize: z.int().min(1).max(5_000).default(200),
  /** How long the first document of a batch waits for others. */
  lingerMs: z.int().min(0).max(10_000).default(20),
  /** Larger objects are rejected unread. Postgres cannot store jsonb of more than 255 MiB. */
  objectBytesMax: z.int().min(1024).max(267_386_880).default(8_388_608),
  /** The most bytes of objects in flight, decompressed. A single larger object is loaded alone. */
  inFlightBytesMax: z.int().min(1_048_576).max(68_719_476_736).default(268_435_456),
  /** From the stop signal to the end of the process. */
  graceSeconds: z.int().min(1).max(600).default(25),
  /** The most long polls open at a time. Each returns up to ten messages. One is open while the queue is empty. */
  receivers: z.int().min(1).max(64).default(16),
})

const months = z.exactOptional(z.int().min(1).max(1200))
const days = (fallback: number) => z.int().min(1).max(36_500).default(fallback)

/** All keys. `aftercall.example.yaml` explains them to users. */
export const configSchema = z.strictObject({
  database: databaseSchema,
  queues: queues.prefault({}),
  sources: z.array(source).min(1),
  worker: worker.prefault({}),
  /** Which raw documents are kept: of the latest revision, of all revisions, or none. */
  raw: z.enum(['latest', 'all', 'none']).default('latest'),
  /** Which fields without a column rows keep in `extra`: all, or those that the data contract does not document. */
  extra: z.enum(['all', 'undocumented']).default('all'),
  /** Reconcile compares bucket and ledger, and loads objects that were never announced. */
  reconcile: z
    .strictObject({
      /** How often the workers reconcile. By default only `aftercall reconcile` does. */
      every: z.exactOptional(duration),
      /** Younger objects may still be announced, and do not count as missing yet. */
      graceMinutes: z.int().min(0).max(10_080).default(15),
    })
    .prefault({}),
  /** How long `aftercall maintain` keeps what is not a session (`sources[].retentionMonths`). */
  retention: z
    .strictObject({
      /** Raw documents of sessions of these whole months beside the current one. By default as long as the sessions. */
      documentMonths: months,
      /** Rows of revisions, and the documents with them. By default as long as the sessions. */
      revisionMonths: months,
      /** Rows of the ledger, after they were last settled. By default all. */
      ledgerDays: z.exactOptional(z.int().min(1).max(36_500)),
      /** Bytes of rejections after they were last seen: they may be personal data. */
      rejectionContentDays: days(90),
      /** The rest of a rejection, once it is replayed or ignored. */
      rejectionDays: days(365),
      driftDays: days(365),
      /** After their end: actions hold the names of persons. */
      actionDays: days(365),
      /** Backfill, reconcile and maintenance runs, after their end. */
      runDays: days(365),
      /** Heartbeats of workers that are gone. */
      workerDays: days(7),
    })
    .prefault({}),
  /** What stands for consumers in the tables, in place of ids, numbers and addresses. */
  identity: z
    .strictObject({
      /** A secret, so it is never part of a message. Without it there are no keys of consumers. */
      key: z.exactOptional(z.string().refine(isLongKey, identityKeyAdvice)),
    })
    .prefault({}),
  encryption: encryptionSchema.prefault({}),
  /** What the schema `analytics` shows. */
  analytics: z
    .strictObject({
      /** Keys of custom data that are no personal data, for `session.custom`. */
      customDataKeys: z.array(z.string().min(1).max(200)).max(100).default([]),
      /** Whether views tell one agent from another. `aftercall migrate` writes it to the database; without it, that stays. */
      agents: z.exactOptional(z.enum(['shown', 'hidden'])),
    })
    .prefault({}),
  /** For which months partitions are created. Rows of other months go to the default partitions. */
  months: z
    .strictObject({
      /** From this many years before the current month, by the database's clock. */
      yearsBack: z.int().min(1).max(100).default(10),
      /** To this many months after it. `aftercall maintain` creates these in advance. */
      ahead: z.int().min(1).max(12).default(1),
      /** The most months that all workers together create in an hour. */
      madePerHourMax: z.int().min(1).max(1_200).default(24),
    })
    .prefault({}),
  http: listenAddress(9464).prefault({}),
  console: consoleSchema.prefault({}),
  s3: z
    .strictObject({
      /** How objects are read: with requests that we sign ourselves, at a tenth of the CPU, or with the AWS SDK. */
      client: z.enum(['signed', 'sdk']).default('signed'),
      /** By default true if the endpoint is not AWS. */
      forcePathStyle: z.exactOptional(z.boolean()),
    })
    .prefault({}),
  sqs: z
    .strictObject({
      /** How messages are received and deleted: with requests that we sign ourselves, at a third of the CPU, or with the AWS SDK. */
      client: z.enum(['signed', 'sdk']).default('signed'),
    })
    .prefault({}),
})

export type Config = z.output<typeof configSchema>

let described: z.core.JSONSchema._JSONSchema | undefined

/** The schema at `path`. Undefined if there is no such key. */
export function schemaAt(path: readonly PropertyKey[]): z.core.JSONSchema.BaseSchema | undefined {
  // As JSON Schema, because its format is public and zod's internals are not. Made when it is first asked for: that takes a
  // fifteenth of what starting a command takes.
  described ??= z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  let node: z.core.JSONSchema._JSONSchema | undefined = described
  for (const step of path) {
    if (node === undefined || typeof node === 'boolean') return undefined
    node = typeof step === 'number' ? firstOf(node.items) : ownProperty(node.properties, String(step))
  }
  return typeof node === 'object' ? node : undefined
}

function firstOf<T>(items: T | T[] | undefined): T | undefined {
  return Array.isArray(items) ? items[0] : items
}

function ownProperty<T>(properties: Record<string, T> | undefined, name: string): T | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
}

function isLongKey(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') >= identityKeyBytesMin
}

/** Refuses a user name or password: it would reach logs and the console (I10), and no store or queue needs it in the URL. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** Keys begin with exactly this text, so a newline that came with a variable would match no key. */
function isPlainPrefix(text: string): boolean {
  return text.trim() === text && !/\p{Cc}/u.test(text)
}

const zonesOfThreeLetters = new Set(['UTC', 'GMT', 'UCT', 'CET', 'EET', 'WET', 'MET', 'PRC', 'ROC', 'ROK'])

/** IST means three zones and CST two. EST would be a zone without daylight saving. */
function isAmbiguousZone(text: string): boolean {
  return /^[A-Za-z]{3}$/.test(text) && !zonesOfThreeLetters.has(text.toUpperCase())
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
