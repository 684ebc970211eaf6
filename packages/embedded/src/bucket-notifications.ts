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

export type BucketNotifications = {
  /** Replaces the rule for the same bucket, queue, prefix, and suffix. */
  add(notification: Omit<BucketNotification, 'id'>): void
  /** The rules that match this event. */
  match(event: Pick<ObjectEvent, 'bucket' | 'key' | 'name'>): BucketNotification[]
}

/** Stored in `file`, if given, so that they survive a restart. */
export function openBucketNotifications(file: string | undefined): BucketNotifications {
  const byId = new Map<string, BucketNotification>()
  for (const notification of file === undefined ? [] : read(file)) byId.set(notification.id, notification)
  return {
    add(notification) {
      const id = identify(notification)
      byId.set(id, { id, ...notification })
      if (file !== undefined) write(file, [...byId.values()])
    },
    match: (event) => [...byId.values()].filter((notification) => wants(notification, event)),
  }
}

function wants(
  notification: BucketNotification,
  event: Pick<ObjectEvent, 'bucket' | 'key' | 'name'>,
): boolean {
  return (
    notification.bucket === event.bucket &&
    event.key.startsWith(notification.prefix) &&
    event.key.endsWith(notification.suffix) &&
    notification.events.some((pattern) => isMatch(pattern, `s3:${event.name}`))
  )
}

function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function identify({ bucket, queueName, prefix, suffix }: Omit<BucketNotification, 'id'>): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([bucket, queueName, prefix, suffix]))
    .digest('hex')
  return `aftercall-${digest.slice(0, 12)}`
}

function read(file: string): BucketNotification[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BucketNotification[]
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return []
    throw new Error(`${file} cannot be read. Remove it and configure the notifications again.`, {
      cause: error,
    })
  }
}

/** A rename is atomic: if the process is killed, the old list is still there. */
function write(file: string, notifications: BucketNotification[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(notifications, null, 2))
  renameSync(`${file}.new`, file)
}
