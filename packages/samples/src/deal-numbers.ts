import { fork, integer, type Random, type Weighted } from './random.ts'

/** Numbers are dealt in blocks of this size. In each block every hand gets its exact share, in a random order. */
const blockSize = 1_000
/** Blocks are used one after the other, so a few are enough. */
const blocksKept = 8

export type Deal<T> = {
  hand: T
  /** How many smaller numbers went to the same hand. */
  rank: number
}

export type Dealer<T> = {
  /** Costs the same for every number. */
  dealOf(number: number): Deal<T>
  /** How many of the numbers below `count` went to this hand. */
  countBelow(count: number, hand: T): number
}

type Block = { handOf: Uint16Array; rankOf: Uint16Array }

/**
 * Deals numbers from 0 on to hands by their weights. Because each block has the same count of every hand, the rank of a number
 * is known without drawing the numbers before it.
 */
export function createDealer<T>(random: Random, hands: Weighted<T>): Dealer<T> {
  const counts = shareOut(blockSize, hands)
  const blocks = new Map<number, Block>()

  function blockOf(index: number): Block {
    const known = blocks.get(index)
    if (known !== undefined) return known
    const block = shuffleBlock(fork(random, index), counts)
    if (blocks.size >= blocksKept) blocks.clear()
    blocks.set(index, block)
    return block
  }

  function dealOf(number: number): Deal<T> {
    const { handOf, rankOf } = blockOf(Math.floor(number / blockSize))
    const place = number % blockSize
    const index = handOf[place] ?? 0
    const hand = hands[index]
    if (hand === undefined) throw new Error('a dealer needs at least one hand')
    return {
      hand: hand[0],
      rank: Math.floor(number / blockSize) * (counts[index] ?? 0) + (rankOf[place] ?? 0),
    }
  }

  function countBelow(count: number, hand: T): number {
    const wanted = hands.findIndex(([other]) => other === hand)
    const whole = Math.floor(count / blockSize)
    const part = blockOf(whole).handOf.subarray(0, count % blockSize)
    return whole * (counts[wanted] ?? 0) + part.filter((index) => index === wanted).length
  }

  return { dealOf, countBelow }
}

/** Whole parts of `total` by weight: the largest remainders get what rounding down leaves over. */
function shareOut(total: number, hands: Weighted<unknown>): number[] {
  const sum = hands.reduce((so, [, weight]) => so + weight, 0)
  const exact = hands.map(([, weight]) => (total * weight) / sum)
  const counts = exact.map(Math.floor)
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((one, other) => other.remainder - one.remainder || one.index - other.index)
  const left = total - counts.reduce((so, count) => so + count, 0)
  for (const { index } of byRemainder.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1
  return counts
}

function shuffleBlock(random: Random, counts: readonly number[]): Block {
  const handOf = new Uint16Array(blockSize)
  let filled = 0
  for (const [index, count] of counts.entries()) {
    handOf.fill(index, filled, filled + count)
    filled += count
  }
  for (let place = blockSize - 1; place > 0; place--) {
    const other = integer(random, 0, place)
    const kept = handOf[place] ?? 0
    handOf[place] = handOf[other] ?? 0
    handOf[other] = kept
  }
  const next = counts.map(() => 0)
  const rankOf = handOf.map((index) => {
    const rank = next[index] ?? 0
    next[index] = rank + 1
    return rank
  })
  return { handOf, rankOf }
}
