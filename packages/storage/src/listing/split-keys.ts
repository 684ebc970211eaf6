import { compareKeys } from './compare-keys.ts'
import { estimateKeys } from './estimate-keys.ts'
import { groupEvenly } from './group-evenly.ts'

/** A range of keys, in the order of a listing. */
export type Shard = {
  /** The range begins after this key. Null at the beginning of the prefix. */
  afterKey: string | null
  /** The range ends with this key, which is included. Null at the end of the prefix. */
  upToKey: string | null
  /** The first key in the range when it was found. Null if there was none. */
  firstKey: string | null
  firstModified: Date | null
}

export type KeyPage = { objects: readonly { key: string; lastModified: Date }[]; truncated: boolean }

/** The first keys under a prefix, after a key, in key order. A page that is not truncated has all of them. */
export type ListKeys = (range: { prefix: string; startAfter: string | undefined }) => Promise<KeyPage>

export type SplitOptions = { prefix: string; shardsMax: number; startAfter?: string | undefined }

/** All keys under `prefix` after `afterKey`, up to where the next node begins. */
type Node = {
  prefix: string
  afterKey: string | undefined
  first: KeyPage['objects'][number] | undefined
  /** An estimate of the number of keys, good enough to compare nodes. */
  weight: number
  /** Its first keys. Undefined if there is nothing left to split. */
  page: KeyPage | undefined
}

type Search = { listKeys: ListKeys; callsLeft: number }

/**
 * Sorts after every character that a key should contain, and stores accept it. A key that contains it, or one of the two
 * characters after it, makes a shard larger than necessary.
 */
const highest = '\u{10fffd}'

/** Leaves room for two more characters in the 1,024 bytes of a key. */
const sharedBytesMax = 1_000

/** Nodes that are this many times lighter than a shard are not worth more calls, and can be grouped evenly. */
const nodesPerShard = 4
const callsPerShard = 8
const splitsAtOnce = 16

/**
 * Splits the heaviest nodes into their children again and again, then groups neighbors into shards. Any ascending list of
 * keys cuts the prefix into ranges that cover it exactly once, so only the balance is a guess.
 */
export async function splitKeys(listKeys: ListKeys, options: SplitOptions): Promise<Shard[]> {
  const { prefix, shardsMax, startAfter } = options
  const search: Search = { listKeys, callsLeft: shardsMax * callsPerShard }
  let nodes = [await openNode(search, prefix, startAfter)]
  for (;;) {
    const chosen = chooseNodes(nodes, shardsMax, search)
    if (chosen.size === 0) break
    const rows = await Promise.all(nodes.map((node) => (chosen.has(node) ? splitNode(search, node) : [node])))
    nodes = rows.flat()
  }
  const groups = groupEvenly(dropUnordered(nodes), shardsMax, ({ weight }) => weight)
  return groups.map(([{ afterKey, first }], index) => ({
    afterKey: afterKey ?? null,
    upToKey: groups[index + 1]?.[0].afterKey ?? null,
    firstKey: first?.key ?? null,
    firstModified: first?.lastModified ?? null,
  }))
}

/** The heaviest nodes that are heavier than they should be, while there are calls left. */
function chooseNodes(nodes: readonly Node[], shardsMax: number, search: Search): ReadonlySet<Node> {
  if (shardsMax < 2 || search.callsLeft <= 0) return new Set()
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0)
  const heavy = nodes.filter(({ page, weight }) => page && weight > total / (shardsMax * nodesPerShard))
  return new Set(heavy.toSorted((a, b) => b.weight - a.weight).slice(0, splitsAtOnce))
}

/** Keys that contain the highest character lie after the end of their node, so cuts there are out of order. */
function dropUnordered(nodes: readonly Node[]): Node[] {
  const ordered: Node[] = []
  for (const node of nodes) {
    const before = ordered.at(-1)
    if (before === undefined || compareKeys(node.afterKey ?? '', before.afterKey ?? '') > 0)
      ordered.push(node)
  }
  return ordered
}

/**
 * The children share the weight of their node, because estimates at different depths do not compare. Only if the children
 * together weigh more than the node, their own weights count.
 */
async function splitNode(search: Search, node: Node): Promise<Node[]> {
  const children = node.page === undefined ? [] : await findChildren(search, node, node.page)
  const [only] = children
  if (only === undefined || (children.length === 1 && only.prefix === node.prefix))
    return [{ ...node, page: undefined }]
  const total = children.reduce((sum, { weight }) => sum + weight, 0)
  const scale = Math.max(1, node.weight / Math.max(1, total))
  return children.map((child) => ({ ...child, weight: child.weight * scale }))
}

/**
 * One child for each next character after the text that all keys share. Children that fit on a page cost no call. A larger
 * child costs one call to skip it and one call to look into it.
 */
async function findChildren(search: Search, node: Node, firstPage: KeyPage): Promise<Node[]> {
  const ofPage = commonPrefix(firstPage.objects[0]?.key ?? '', firstPage.objects.at(-1)?.key ?? '')
  if (Buffer.byteLength(ofPage) > sharedBytesMax) return []
  const shared = await findSharedPrefix(search, node.prefix, ofPage)
  const children: Node[] = []
  let page = firstPage
  let { afterKey } = node
  for (;;) {
    const runs = splitByNextCharacter(page, shared)
    for (const { prefix, objects } of runs) {
      children.push(measureNode(prefix, afterKey, { objects, truncated: false }))
      afterKey = prefix + highest
    }
    const last = children.at(-1)
    // Without calls left, the last child reaches to the end of the node.
    if (!page.truncated || last === undefined || search.callsLeft <= 0) return children
    const [beyond, opened] = await Promise.all([
      list(search, node.prefix, afterKey),
      openNode(search, last.prefix, last.afterKey),
    ])
    children[children.length - 1] = opened
    const next = beyond.objects[0]?.key
    if (next === undefined || next.startsWith(last.prefix)) return children
    page = beyond
  }
}

/** The longest text that all keys of the node begin with, given that of its page. Usually one call is enough. */
async function findSharedPrefix(search: Search, prefix: string, ofPage: string): Promise<string> {
  let shared = ofPage
  while (shared.length > prefix.length) {
    if (search.callsLeft <= 0) return prefix
    const beyond = (await list(search, prefix, shared + highest)).objects[0]
    if (beyond === undefined) return shared
    // The key contains the highest character, so nothing is known about the keys after it.
    if (beyond.key.startsWith(shared)) return prefix
    shared = commonPrefix(shared, beyond.key)
  }
  return prefix
}

async function openNode(search: Search, prefix: string, afterKey: string | undefined): Promise<Node> {
  return measureNode(prefix, afterKey, await list(search, prefix, afterKey))
}

function measureNode(prefix: string, afterKey: string | undefined, page: KeyPage): Node {
  const { objects, truncated } = page
  const first = objects[0]
  if (!truncated) return { prefix, afterKey, first, weight: objects.length, page: undefined }
  const keys = objects.map(({ key }) => key)
  return { prefix, afterKey, first, weight: estimateKeys(keys, prefix), page }
}

function list(search: Search, prefix: string, startAfter: string | undefined): Promise<KeyPage> {
  search.callsLeft -= 1
  return search.listKeys({ prefix, startAfter })
}

type Run = { prefix: string; objects: KeyPage['objects'] }

/** A key that equals `shared` belongs to the first run after it. */
function splitByNextCharacter(page: KeyPage, shared: string): Run[] {
  const runs: { prefix: string; objects: KeyPage['objects'][number][] }[] = []
  for (const object of page.objects) {
    const prefix = shared + nextCharacter(object.key, shared)
    const last = runs.at(-1)
    if (last === undefined || (last.prefix !== prefix && last.prefix !== shared)) {
      runs.push({ prefix, objects: [object] })
    } else {
      last.prefix = prefix
      last.objects.push(object)
    }
  }
  return runs
}

function nextCharacter(key: string, shared: string): string {
  const codePoint = key.codePointAt(shared.length)
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
}

function commonPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  const common = a.slice(0, length)
  // Half a surrogate pair is not a character.
  return common.isWellFormed() ? common : common.slice(0, -1)
}
