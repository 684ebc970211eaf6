import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../aws/error-class.ts'
import { ObjectListError } from '../objects/object-errors.ts'
import { compareKeys } from './compare-keys.ts'
import type { ListedObject, ListedPage } from './list-page.ts'
import { type ListRetryOptions, listPageWithRetry } from './list-page-with-retry.ts'

export type { ListedObject } from './list-page.ts'

export type ListOptions = ListRetryOptions & {
  bucket: string
  /** Only keys that begin so; the empty text means all. */
  prefix: string
  /** Only keys after this one in the listing's order (UTF-8 bytes): where an interrupted listing goes on. */
  startAfter?: string | undefined
  /** Only keys up to this one, which is included, in the same order. */
  upTo?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * All objects under a prefix in key order, as the store pages them: up to 1,000 each. While the caller works on one
 * page, the next one is fetched. A failure that passes is waited for, and the listing goes on after its last key.
 * Rejects with `ObjectListError`; what was given until then is right.
 */
export async function* listPages(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject[]> {
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])

  function fetchPage(startAfter: string | undefined, continuationToken?: string): Promise<ListedPage> {
    const { bucket, prefix } = options
    const request = { bucket, prefix, startAfter, continuationToken, signal }
    const fetched = listPageWithRetry(client, request, options)
    // Awaited below, unless the caller stops before.
    fetched.catch(() => {})
    return fetched
  }

  try {
    let lastKey = options.startAfter
    const empties = countEmptyPages(options, signal)
    let coming: Promise<ListedPage> | undefined = fetchPage(lastKey)
    while (coming !== undefined) {
      const page: ListedPage = await coming
      const { objects, continuationToken } = page
      const inRange = objects.filter(({ key }) => isUpTo(key, options.upTo))
      const ended = continuationToken === undefined || inRange.length < objects.length
      lastKey = objects.at(-1)?.key ?? lastKey
      if (!ended) await empties.saw(page)
      coming = ended ? undefined : fetchPage(lastKey, continuationToken)
      if (inRange.length > 0) yield inRange
    }
  } finally {
    stop.abort()
  }
}

/** A page may be empty although more follow, such as where many objects were deleted. */
const emptyPagesMax = 10_000
/** A retry begins after the last key, and so comes by the same tokens again. */
const sameTokenMax = 5
const emptyBackoff = { baseMs: 50, capMs: 1_000, random: () => 1 }

/** Waits ever longer after empty pages, and rejects when they turn in a circle or do not end. */
function countEmptyPages(
  place: { bucket: string; prefix: string },
  signal: AbortSignal,
): { saw(page: ListedPage): Promise<void> } {
  const tokens = new Map<string, number>()
  let empties = 0
  return {
    async saw({ objects, continuationToken = '' }) {
      if (objects.length > 0) {
        tokens.clear()
        empties = 0
        return
      }
      empties += 1
      const times = (tokens.get(continuationToken) ?? 0) + 1
      tokens.set(continuationToken, times)
      if (times >= sameTokenMax || empties >= emptyPagesMax) {
        const cause = new Error(`${empties} pages in a row are empty, and each says that there is more`)
        throw new ObjectListError(place, cause, { ...errorClassOf('unreadable_answer'), retryable: false })
      }
      // The first few cost nothing: many stores give one now and then.
      if (empties > 3) await pause(backoffMs(empties - 3, emptyBackoff), signal)
    },
  }
}

/** The same, one by one. */
export async function* listObjects(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject> {
  for await (const page of listPages(client, options)) yield* page
}

function isUpTo(key: string, upTo: string | undefined): boolean {
  return upTo === undefined || compareKeys(key, upTo) <= 0
}
