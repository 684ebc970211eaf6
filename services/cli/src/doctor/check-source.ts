import type { SourceConfig } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { createS3Client } from '@aftercall/storage/aws/aws-clients'
import {
  type Expirations,
  readExpirations,
  readNotificationRules,
} from '@aftercall/storage/objects/bucket-settings'
import { oddPartsOf } from '@aftercall/storage/objects/key-shape'
import { ObjectFetchError, ObjectListError } from '@aftercall/storage/objects/object-errors'
import { type FirstByte, readFirstByte, readFirstKeys } from '@aftercall/storage/objects/probe-bucket'
import type { QueueSettings } from '@aftercall/storage/queue/queue-settings'
import { arnOfBucket } from './arn-of-bucket.ts'
import { checkNotifications } from './check-notifications.ts'
import type { CheckResult } from './check-result.ts'

type Client = ReturnType<typeof createS3Client>

/** A replay, a backfill and a late comparison read the object again. */
const daysLeast = 30

/** Whether the source can be listed and read, by doing it, and what its bucket is set up to do. */
export async function checkSource(
  client: Client,
  source: SourceConfig,
  queue: QueueSettings | undefined,
): Promise<CheckResult[]> {
  const reading = await checkReading(client, source)
  // Of a bucket that cannot be reached, nothing else is to be found out.
  if (reading.some(({ level }) => level === 'problem')) return reading
  const isAnnounced = source.discover === 'notifications' && queue !== undefined
  return [
    ...reading,
    ...(isAnnounced
      ? checkNotifications(source, await readNotificationRules(client, source.bucket), queue)
      : []),
    checkExpirations(source, await readExpirations(client, source.bucket)),
  ]
}

/** One object that a store does not give says nothing about the others. */
const objectsTried = 5

async function checkReading(client: Client, source: SourceConfig): Promise<CheckResult[]> {
  const { name, bucket, prefix } = source
  const check = `source ${name}: reading`
  const place = `s3://${bucket}/${prefix}`
  try {
    const keys = await readFirstKeys(client, { bucket, prefix }, objectsTried)
    if (keys.length === 0) {
      const fix = 'if there should be files, check bucket and prefix'
      return [{ check, level: 'notice', detail: `${place} can be listed, and holds nothing yet`, fix }]
    }
    // A proxy may lead from other keys to what we must not read.
    const plain = keys.filter((key) => oddPartsOf(key).length === 0)
    if (plain.length === 0) return [onlyOdd(check, place)]
    const { key, read, failures } = await readOneOf(client, bucket, plain)
    const [refused] = failures
    return [
      { check, level: 'ok', detail: `${place} can be listed and read` },
      ...(refused === undefined ? [] : [notAll(name, failures.length, refused)]),
      ...(await checkVersions(client, source, key, read)),
      ...(read.encryption?.startsWith('aws:kms') === true && !read.hasBucketKey ? [bucketKeyHint(name)] : []),
    ]
  } catch (error) {
    return [{ check, level: 'problem', detail: describeError(error), fix: adviceOn(error, source) }]
  }
}

function onlyOdd(check: string, place: string): CheckResult {
  const detail = `${place} can be listed; its first keys hold "..", "." or "//", and were not read`
  return { check, level: 'notice', detail, fix: 'have objects written under plain keys' }
}

/** The first object that can be read, and why those before it cannot. Rejects when there is none. */
async function readOneOf(
  client: Client,
  bucket: string,
  keys: readonly string[],
): Promise<{ key: string; read: FirstByte; failures: ObjectFetchError[] }> {
  const failures: ObjectFetchError[] = []
  for (const key of keys) {
    try {
      return { key, read: await readFirstByte(client, { bucket, key }), failures }
    } catch (error) {
      if (!(error instanceof ObjectFetchError)) throw error
      failures.push(error)
    }
  }
  throw failures[0]
}

function notAll(name: string, count: number, first: ObjectFetchError): CheckResult {
  const check = `source ${name}: objects`
  const detail = `${count} of the first objects cannot be read, others can: ${first.message}`
  return { check, level: 'notice', detail, fix: 'look at what those objects have in common' }
}

/** Notifications of a bucket with versions name the version, and reading by it takes a right of its own. */
async function checkVersions(
  client: Client,
  { name, bucket, prefix, region }: SourceConfig,
  key: string,
  { versionId }: FirstByte,
): Promise<CheckResult[]> {
  if (versionId === undefined || versionId === 'null') return []
  try {
    await readFirstByte(client, { bucket, key, versionId })
    return []
  } catch (error) {
    const check = `source ${name}: versions`
    const detail = `objects cannot be read by their version, only the newest of each: ${describeError(error)}`
    const fix = `allow s3:GetObjectVersion on ${arnOfBucket(bucket, region)}/${prefix}*`
    return [{ check, level: 'notice', detail, fix }]
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function bucketKeyHint(name: string): CheckResult {
  return {
    check: `source ${name}: encryption`,
    level: 'notice',
    detail:
      'objects are encrypted with KMS without a bucket key: each one read is a request to KMS that costs',
    fix: 'turn on the S3 Bucket Key of the bucket',
  }
}

/** The permission that was missing, where one was. */
function adviceOn(error: unknown, { bucket, prefix, region }: SourceConfig): string {
  const arn = arnOfBucket(bucket, region)
  if (!(error instanceof ObjectListError || error instanceof ObjectFetchError)) return 'see the reason'
  if (error.code !== 'access_denied') return 'check bucket, region, endpoint and credentials of the source'
  if (/kms:/i.test(error.message)) return 'allow kms:Decrypt on the key of the bucket'
  if (error instanceof ObjectListError) {
    return `allow s3:ListBucket on ${arn}: without it an object that is gone looks like one that is refused`
  }
  return `allow s3:GetObject on ${arn}/${prefix}* (and kms:Decrypt, where a key of KMS is used)`
}

/** Pure. */
export function checkExpirations(
  { name, bucket, prefix }: Pick<SourceConfig, 'name' | 'bucket' | 'prefix'>,
  read: Expirations,
): CheckResult {
  const check = `source ${name}: lifecycle`
  if (read.kind === 'unreadable') {
    const fix =
      read.reason === 'not_allowed'
        ? `allow s3:GetLifecycleConfiguration on ${bucket}, for this check alone`
        : undefined
    const detail = `could not be checked: ${read.detail}`
    return { check, level: 'notice', detail, ...(fix === undefined ? {} : { fix }) }
  }
  const early = read.expirations.filter(
    (rule) => rule.days < daysLeast && (rule.prefix.startsWith(prefix) || prefix.startsWith(rule.prefix)),
  )
  if (early.length === 0)
    return { check, level: 'ok', detail: `no rule deletes objects within ${daysLeast} days` }
  const named = early.map(({ id, days, prefix: of }) => `"${id}" deletes "${of}*" after ${days} days`)
  const fix =
    'let objects live longer than a message can wait and an outage can last: replay and backfill read them'
  return { check, level: 'notice', detail: named.join('; '), fix }
}
