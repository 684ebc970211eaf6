import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../aws/error-class.ts'
import { pause } from '../aws/pause.ts'
import { ObjectListError } from '../objects/object-errors.ts'
import { compareKeys } from './compare-keys.ts'
import type { ListedObject, ListedPage } from './list-page.ts'
import { type ListRetryOptions, listPageWithRetry } from './list-page-with-retry.ts'

export type { ListedObject } from './list-page.ts'

export type ListOptions = ListRetryOptions & {
  bucket: string
  /** Lists only keys that begin with it. Empty means all. */
  prefix: string
  /** Lists only keys after this one in the listing's order (UTF-8 bytes), to continue an interrupted listing. */
  startAfter?: string | undefined
  /** Lists only keys up to and including this one, in the same order. */
  upTo?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * Lists all objects under a prefix in key order, in the store's pages of up to 1,000. While the caller works on one page,
 * the next one is fetched. After a temporary failure the listing continues after its last key. Rejects with
 * `ObjectListError`; the pages before it are correct.
 */
export async function* listPages(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject[]> {
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])

  function fetchPage(startAfter: string | undefined, continuationToken?: string): Promise<ListedPage> {
    const { bucket, prefix } = options
    const request = { bucket, prefix, startAfter, continuationToken, signal }
    const fetched = listPageWithRetry(client, request, options)
    // Awaited below, unless the caller stops earlier.
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

/** A page may be empty although more follow, for example where many objects were deleted. */
const emptyPagesMax = 10_000
/** A retry starts after the last key, and so gets the same tokens again. */
const sameTokenMax = 5
const emptyBackoff = { baseMs: 50, capMs: 1_000, random: () => 1 }

/** Waits longer and longer after empty pages, and rejects if their tokens repeat or they do not end. */
function countEmptyPages(
  listing: { bucket: string; prefix: string },
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
        const cause = new Error(`${empties} pages in a row are empty, but the listing does not end`)
        throw new ObjectListError(listing, cause, { ...errorClassOf('unreadable_answer'), retryable: false })
      }
      // The first few cost nothing: many stores return an empty page now and then.
      if (empties > 3) await pause(backoffMs(empties - 3, emptyBackoff), signal)
    },
  }
}

/** The objects of `listPages`, one by one. */
export async function* listObjects(client: S3Client, options: ListOptions): AsyncGenerator<ListedObject> {
  for await (const page of listPages(client, options)) yield* page
}

function isUpTo(key: string, upTo: string | undefined): boolean {
  return upTo === undefined || compareKeys(key, upTo) <= 0
}
