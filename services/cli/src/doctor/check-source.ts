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

/** Replay, backfill and reconcile may read an object again that long after it landed. */
const daysLeast = 30

/** Lists and reads the source to see that it can, and checks the settings of its bucket. */
export async function checkSource(
  client: Client,
  source: SourceConfig,
  queue: QueueSettings | undefined,
): Promise<CheckResult[]> {
  const reading = await checkReading(client, source)
  // Nothing else can be checked on a bucket that cannot be read.
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

/** One object that cannot be read says nothing about the others. */
const objectsTried = 5

async function checkReading(client: Client, source: SourceConfig): Promise<CheckResult[]> {
  const { name, bucket, prefix } = source
  const check = `source ${name}: reading`
  const place = `s3://${bucket}/${prefix}`
  try {
    const keys = await readFirstKeys(client, { bucket, prefix }, objectsTried)
    if (keys.length === 0) {
      const fix = 'if you expect files, check bucket and prefix'
      return [{ check, level: 'notice', detail: `${place} can be listed but has no objects yet`, fix }]
    }
    // Through a proxy, other keys could lead outside the source.
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
  const detail = `${place} can be listed; its first keys contain "..", "." or "//" and were not read`
  return { check, level: 'notice', detail, fix: 'write objects under keys without these parts' }
}

/** The first object that can be read, with the failures of those before it. Rejects if none can be read. */
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
  return { check, level: 'notice', detail, fix: 'find out what these objects have in common' }
}

/** Notifications of a versioned bucket name the version, and reading a version needs a separate permission. */
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
    const detail = `objects cannot be read by version, only their newest version: ${describeError(error)}`
    const fix = `allow s3:GetObjectVersion on ${arnOfBucket(bucket, region)}/${prefix}*`
    return [{ check, level: 'notice', detail, fix }]
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function bucketKeyHint(name: string): CheckResult {
  return {
    check: `source ${name}: encryption`,
    level: 'notice',
    detail: 'objects are encrypted with KMS without a bucket key: every read costs a request to KMS',
    fix: 'turn on the S3 Bucket Key for the bucket',
  }
}

/** The missing permission, if that is the cause. */
function adviceOn(error: unknown, { bucket, prefix, region }: SourceConfig): string {
  const arn = arnOfBucket(bucket, region)
  if (!(error instanceof ObjectListError || error instanceof ObjectFetchError)) return 'see the error above'
  if (error.code !== 'access_denied') return 'check bucket, region, endpoint and credentials of the source'
  if (/kms:/i.test(error.message)) return 'allow kms:Decrypt on the KMS key of the bucket'
  if (error instanceof ObjectListError) {
    return `allow s3:ListBucket on ${arn}: without it, S3 answers for a deleted object as if access were denied`
  }
  return `allow s3:GetObject on ${arn}/${prefix}* (and kms:Decrypt, if the bucket uses a KMS key)`
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
        ? `allow s3:GetLifecycleConfiguration on ${bucket}; only this check needs it`
        : undefined
    const detail = `could not be checked: ${read.detail}`
    return { check, level: 'notice', detail, ...(fix === undefined ? {} : { fix }) }
  }
  const early = read.expirations.filter(
    (rule) => rule.days < daysLeast && (rule.prefix.startsWith(prefix) || prefix.startsWith(rule.prefix)),
  )
  if (early.length === 0)
    return { check, level: 'ok', detail: `no rule deletes objects within ${daysLeast} days` }
  const rules = early.map(({ id, days, prefix: of }) => `"${id}" deletes "${of}*" after ${days} days`)
  const fix =
    'keep objects longer than a message can wait or an outage can last: replay and backfill read them again'
  return { check, level: 'notice', detail: rules.join('; '), fix }
}
