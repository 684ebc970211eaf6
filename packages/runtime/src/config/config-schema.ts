import { z } from 'zod'
import { isDuration } from '../text/duration.ts'
import { readDatabaseUrl, urlAdvice } from './database-url.ts'

const database = z.strictObject({
  /** May carry a password, so it is never part of a message. */
  url: z.string().refine(isPostgresUrl, urlAdvice),
  /** Connections of one process at the most. */
  poolMax: z.int().min(1).max(200).default(4),
  /** Postgres cancels a statement that takes longer. */
  statementTimeoutSeconds: z.int().min(1).max(3600).default(60),
  /** How connections are encrypted. Without it: `verify`, and `off` on this machine; see `readTls`. */
  tls: z.exactOptional(z.enum(['verify', 'require', 'off'])),
  /** A PEM file with the certificate authorities to trust, in place of those that Node trusts. */
  tlsCaFile: z.exactOptional(z.string().min(1)),
  /** Without it, whoever loads refuses to do it as a superuser. */
  allowSuperuser: z.exactOptional(z.boolean()),
})

const httpUrlAdvice = 'must be an http:// or https:// URL without a user name or password'

const queue = z.strictObject({
  url: z.string().refine(isHttpUrl, httpUrlAdvice),
  /** How long a received message stays hidden from others. SQS allows 12 hours at the most. */
  visibilitySeconds: z.int().min(2).max(43_200).default(60),
})

const queues = z.strictObject({
  /** Not needed only where every source is found by polling. */
  live: z.exactOptional(queue),
  /** For bulk loads, so that they do not delay what has just landed. */
  backfill: z.exactOptional(queue),
})

/** It is a value in tables, labels and commands, so it is kept plain. */
export const sourceName = /^[a-z][a-z0-9_]{0,31}$/

const duration = z.string().refine(isDuration, 'must be a duration such as 30s, 5m, 24h or 7d')

const source = z.strictObject({
  name: z
    .string()
    .regex(sourceName, 'must be 1 to 32 of a-z, 0-9 and _ and begin with a letter, for example acme_eu'),
  bucket: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/,
      'must be the name of a bucket, without s3:// and without a path',
    ),
  /** Only keys that begin with it belong to the source. */
  prefix: z
    .string()
    .max(1024)
    .refine(
      isPlainPrefix,
      'must not begin or end with a blank, and must not hold control characters (such as a newline)',
    )
    .refine(
      (text) => !text.startsWith('/'),
      'must not begin with /: a key has none before its first name; leave it out, or leave the prefix empty',
    )
    .default(''),
  /** For times in documents that carry no offset. */
  timeZone: z.exactOptional(
    z
      .string()
      .refine(isTimeZone, 'must be a time zone of the IANA list, for example America/New_York')
      .refine(
        (text) => !isAmbiguousZone(text),
        'stands for more than one time zone: write one of the IANA list, for example America/New_York or Asia/Kolkata',
      ),
  ),
  /** Of the bucket. Without it the SDK's own choice holds. */
  region: z.exactOptional(
    z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a region, for example eu-west-1'),
  ),
  /** Of another store than the environment names: for Google Cloud Storage, https://storage.googleapis.com. */
  endpoint: z.exactOptional(z.string().refine(isHttpUrl, httpUrlAdvice)),
  /** Keys for this source alone, such as HMAC keys of Google Cloud Storage. Without them the SDK's own chain holds. */
  credentials: z.exactOptional(
    z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) }),
  ),
  /** Pays for its requests to a Requester Pays bucket. */
  requestPayer: z.exactOptional(z.literal('requester')),
  /** Refuses to read the bucket once it belongs to another AWS account. */
  expectedBucketOwner: z.exactOptional(
    z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account, in quotes'),
  ),
  /** How new objects are learnt of: from the queue, or, in a store that tells nobody, by listing it. */
  discover: z.enum(['notifications', 'poll']).default('notifications'),
  /** How often a source that is polled is listed. */
  pollEvery: duration.default('5m'),
  /** Months that `aftercall maintain` leaves beside the current one; without it everything stays. */
  retentionMonths: z.exactOptional(z.int().min(1).max(1200)),
})

const worker = z.strictObject({
  /** Objects under way at the same time: the one bound on concurrency. */
  inFlight: z.int().min(1).max(10_000).default(256),
  /** Documents in one transaction at the most. */
  batchSize: z.int().min(1).max(5_000).default(200),
  /** How long the first document of a batch waits for company. */
  lingerMs: z.int().min(0).max(10_000).default(20),
  /** A larger object is rejected unread. Postgres itself holds no jsonb of more than 255 MiB. */
  objectBytesMax: z.int().min(1024).max(267_386_880).default(8_388_608),
  /** Bytes of objects under way at the same time, unpacked. A single larger object is taken alone. */
  inFlightBytesMax: z.int().min(1_048_576).max(68_719_476_736).default(268_435_456),
  /** From the stop signal to the end of the process. */
  graceSeconds: z.int().min(1).max(600).default(25),
  /** Long polls open at the same time, at the most; each brings up to ten messages. One is open while none come. */
  receivers: z.int().min(1).max(64).default(16),
})

/** Port 0 lets the system choose one. */
function listenAddress(port: number) {
  return z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(port),
  })
}

/** Every key there is. `aftercall.example.yaml` shows the same with words for the reader. */
export const configSchema = z.strictObject({
  database,
  queues: queues.prefault({}),
  sources: z.array(source).min(1),
  worker: worker.prefault({}),
  /** Which raw documents are kept: of the stored revision, of every revision, or none. */
  raw: z.enum(['latest', 'all', 'none']).default('latest'),
  /** Comparisons of bucket and ledger, which find what was never announced and load it. */
  reconcile: z
    .strictObject({
      /** How often the worker fleet does one by itself; without it only `aftercall reconcile` does. */
      every: z.exactOptional(duration),
      /** Younger objects may still be announced: they are not yet called missing. */
      graceMinutes: z.int().min(0).max(10_080).default(15),
    })
    .prefault({}),
  /** How long `aftercall maintain` leaves what could not be used. Its bytes may be personal data. */
  rejections: z
    .strictObject({
      contentDays: z.int().min(1).max(36_500).default(90),
      rowDays: z.int().min(1).max(36_500).default(365),
    })
    .prefault({}),
  /** For which months partitions are made. Rows of all others are kept in the default partitions. */
  months: z
    .strictObject({
      /** From so many years before the current month, by the database's clock. */
      yearsBack: z.int().min(1).max(100).default(10),
      /** To so many months after it; `aftercall maintain` makes these ahead. */
      ahead: z.int().min(1).max(12).default(1),
      /** Months that all workers together make in an hour, at the most. */
      madePerHourMax: z.int().min(1).max(1_200).default(24),
    })
    .prefault({}),
  http: listenAddress(9464).prefault({}),
  console: listenAddress(8080)
    .extend({
      /** Names under which browsers may ask for it, beside localhost and addresses. */
      hosts: z
        .array(
          z
            .string()
            .regex(
              /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
              'must be a name in lower case without scheme and port, for example aftercall.example.com',
            ),
        )
        .default([]),
      /** A source may be silent for so long before the console calls it a problem. */
      quietMinutes: z.int().min(1).max(10_080).default(60),
    })
    .prefault({}),
  s3: z
    .strictObject({
      /** What reads objects: requests that we sign ourselves, at a tenth of the CPU, or the AWS SDK's own. */
      client: z.enum(['signed', 'sdk']).default('signed'),
      /** Without it: path-style addresses when the endpoint is not AWS. */
      forcePathStyle: z.exactOptional(z.boolean()),
    })
    .prefault({}),
  sqs: z
    .strictObject({
      /** What receives and deletes messages: requests that we sign ourselves, at a third of the CPU, or the AWS SDK's own. */
      client: z.enum(['signed', 'sdk']).default('signed'),
    })
    .prefault({}),
})

export type Config = z.output<typeof configSchema>

// As JSON schema, because its shape is a public format and zod's own inside is not.
const described = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })

/** What the schema says of the place at `path`; undefined where no key of that name exists. */
export function schemaAt(path: readonly PropertyKey[]): z.core.JSONSchema.BaseSchema | undefined {
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

export function isPostgresUrl(text: string): boolean {
  return readDatabaseUrl(text).kind === 'address'
}

/** A password in it would reach logs and the console with it (I10), and no store or queue asks for one there. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** A key begins with exactly this text, so that what came with the value of a variable would match none. */
function isPlainPrefix(text: string): boolean {
  return text.trim() === text && !/\p{Cc}/u.test(text)
}

const zonesOfThreeLetters = new Set(['UTC', 'GMT', 'UCT', 'CET', 'EET', 'WET', 'MET', 'PRC', 'ROC', 'ROK'])

/** IST is three zones, CST two; EST is taken for a zone without summer time. */
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
