import { compareKeys } from '@aftercall/storage/listing/compare-keys'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import type { BucketObject } from './bucket-objects.ts'

/** One key, as it is in the bucket, in the ledger, or in both. */
export type Pair = { key: string; listed: BucketObject | undefined; known: KnownObject | undefined }

/** Walks two streams in key order side by side, and holds one page of each at a time (I8). */
export async function* mergePages(
  listedPages: AsyncIterable<readonly BucketObject[]>,
  knownPages: AsyncIterable<readonly KnownObject[]>,
): AsyncGenerator<Pair[]> {
  const listed = openCursor(listedPages)
  const known = openCursor(knownPages)
  try {
    for (;;) {
      await Promise.all([listed.fill(), known.fill()])
      const pairs = takePairs(listed, known)
      if (pairs.length === 0) return
      yield pairs
    }
  } finally {
    await Promise.all([listed.close(), known.close()])
  }
}

/** Pairs up to the end of the shorter current page, unless its stream has ended. */
function takePairs(listed: Cursor<BucketObject>, known: Cursor<KnownObject>): Pair[] {
  const pairs: Pair[] = []
  for (;;) {
    const one = listed.peek()
    const other = known.peek()
    if ((one === undefined && !listed.isDone()) || (other === undefined && !known.isDone())) return pairs
    if (one === undefined && other === undefined) return pairs
    const order = orderOf(one, other)
    const key = (order <= 0 ? one?.key : other?.key) ?? ''
    pairs.push({ key, listed: order <= 0 ? one : undefined, known: order >= 0 ? other : undefined })
    if (order <= 0) listed.advance()
    if (order >= 0) known.advance()
  }
}

function orderOf(one: { key: string } | undefined, other: { key: string } | undefined): number {
  if (one === undefined) return 1
  if (other === undefined) return -1
  return compareKeys(one.key, other.key)
}

type Cursor<One> = {
  /** Undefined at the end of the current page. */
  peek(): One | undefined
  advance(): void
  /** Reads the next page if the current one is used up. */
  fill(): Promise<void>
  /** Whether no page follows the current one. */
  isDone(): boolean
  close(): Promise<void>
}

function openCursor<One>(pages: AsyncIterable<readonly One[]>): Cursor<One> {
  const source = pages[Symbol.asyncIterator]()
  let page: readonly One[] = []
  let position = 0
  let done = false
  return {
    peek: () => page[position],
    advance: () => {
      position += 1
    },
    async fill() {
      while (!done && position >= page.length) {
        const next = await source.next()
        done = next.done === true
        page = next.done === true ? [] : next.value
        position = 0
      }
    },
    isDone: () => done,
    async close() {
      await source.return?.()
    },
  }
}
