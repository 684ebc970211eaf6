import type { FauxqsStores, S3Object, S3Store } from './fauxqs-stores.ts'

type ListOptions = NonNullable<Parameters<S3Store['listObjects']>[1]>
type Listing = ReturnType<S3Store['listObjects']>

/**
 * Lists in the order of S3, by the bytes of the key. fauxqs sorts by the rules of a language but continues by code unit, so the
 * second page of a listing leaves out keys (`B` after `a`, or `-` next to `_`).
 */
export function listInByteOrder({ s3Store, objectsOf }: FauxqsStores): void {
  const sortedKeys = new WeakMap<ReadonlyMap<string, S3Object>, string[]>()
  const listOriginal = s3Store.listObjects.bind(s3Store)

  s3Store.listObjects = (bucket, options = {}) => {
    const objects = objectsOf(bucket)
    // The original raises the right error.
    if (objects === undefined) return listOriginal(bucket, options)
    let keys = sortedKeys.get(objects)
    // A listing has many pages, and sorting a large bucket for each would take minutes.
    if (keys === undefined || !hasKeys(objects, keys)) {
      keys = [...objects.keys()].sort(compareBytes)
      sortedKeys.set(objects, keys)
    }
    return listPage(objects, keys, options)
  }
}

/** The same number of keys, all present, means the same set. */
function hasKeys(objects: ReadonlyMap<string, S3Object>, keys: string[]): boolean {
  return keys.length === objects.size && keys.every((key) => objects.has(key))
}

function listPage(objects: ReadonlyMap<string, S3Object>, keys: string[], options: ListOptions): Listing {
  const prefix = options.prefix ?? ''
  const after = options.startAfter ?? options.marker ?? ''
  const entriesMax = options.maxKeys ?? 1000
  const listed: S3Object[] = []
  const commonPrefixes = new Set<string>()

  for (let position = firstPosition(keys, prefix, after); position < keys.length; position++) {
    const key = keys[position] as string
    if (!key.startsWith(prefix)) break
    const commonPrefix = commonPrefixOf(key, prefix, options.delimiter)
    if (commonPrefix !== undefined && (commonPrefixes.has(commonPrefix) || isPast(commonPrefix, after)))
      continue
    if (listed.length + commonPrefixes.size >= entriesMax) {
      return { objects: listed, commonPrefixes: [...commonPrefixes], isTruncated: true }
    }
    if (commonPrefix === undefined) listed.push(objects.get(key) as S3Object)
    else commonPrefixes.add(commonPrefix)
  }
  return { objects: listed, commonPrefixes: [...commonPrefixes], isTruncated: false }
}

/** The position of the first key that is not before `prefix` and is after `after`. */
function firstPosition(keys: string[], prefix: string, after: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const key = keys[middle] as string
    if (compareBytes(key, prefix) < 0 || isPast(key, after)) low = middle + 1
    else high = middle
  }
  return low
}

function isPast(name: string, after: string): boolean {
  return after !== '' && compareBytes(name, after) <= 0
}

function commonPrefixOf(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (!delimiter) return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

/** Compares by UTF-8 bytes. Differs from `<` for surrogates. */
function compareBytes(a: string, b: string): number {
  const lengthMin = Math.min(a.length, b.length)
  for (let position = 0; position < lengthMin; position++) {
    const left = a.charCodeAt(position)
    const right = b.charCodeAt(position)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates encode code points above all others, although their units are below U+E000. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
