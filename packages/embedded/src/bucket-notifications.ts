import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasErrno } from './embedded-postgres-error.ts'
import type { ObjectEvent } from './s3-event.ts'

/** A rule: these events of a bucket go to this queue. */
export type BucketNotification = {
  id: string
  bucket: string
  queueName: string
  prefix: string
  suffix: string
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, ... */
  events: string[]
}

/** All that one bucket announces. */
export type BucketRules = {
  queues: BucketNotification[]
  /** Rules for other targets, as the XML in which they came: they are kept, but announce nothing here. */
  others: string
}

export type BucketNotifications = {
  /** Replaces the rule for the same bucket, queue, prefix, and suffix. */
  add(notification: Omit<BucketNotification, 'id'>): void
  /** Replaces all rules of the bucket, as S3 does. */
  replace(bucket: string, rules: BucketRules): void
  of(bucket: string): BucketRules
  /** The rules that match this event. */
  match(event: Pick<ObjectEvent, 'bucket' | 'key' | 'name'>): BucketNotification[]
}

/** Stored in `file`, if given, so that they survive a restart. */
export function openBucketNotifications(file: string | undefined): BucketNotifications {
  const byBucket = new Map(Object.entries(file === undefined ? {} : read(file)))
  const of = (bucket: string): BucketRules => byBucket.get(bucket) ?? { queues: [], others: '' }
  const replace = (bucket: string, rules: BucketRules): void => {
    byBucket.set(bucket, rules)
    if (file !== undefined) write(file, Object.fromEntries(byBucket))
  }
  return {
    add(notification) {
      const id = identify(notification)
      const { queues, others } = of(notification.bucket)
      const kept = queues.filter((one) => one.id !== id)
      replace(notification.bucket, { queues: [...kept, { id, ...notification }], others })
    },
    replace,
    of,
    match: (event) => of(event.bucket).queues.filter((notification) => wants(notification, event)),
  }
}

function wants(notification: BucketNotification, event: Pick<ObjectEvent, 'key' | 'name'>): boolean {
  return (
    event.key.startsWith(notification.prefix) &&
    event.key.endsWith(notification.suffix) &&
    notification.events.some((pattern) => isMatch(pattern, `s3:${event.name}`))
  )
}

function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** The id of a rule that came without one. */
export function identify({ bucket, queueName, prefix, suffix }: Omit<BucketNotification, 'id'>): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([bucket, queueName, prefix, suffix]))
    .digest('hex')
  return `aftercall-${digest.slice(0, 12)}`
}

function read(file: string): Record<string, BucketRules> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, BucketRules>
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return {}
    throw new Error(`${file} cannot be read. Remove it and configure the notifications again.`, {
      cause: error,
    })
  }
}

/** A rename is atomic: if the process is killed, the old list is still there. */
function write(file: string, notifications: Record<string, BucketRules>): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(notifications, null, 2))
  renameSync(`${file}.new`, file)
}
