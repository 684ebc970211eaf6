import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDealer } from './deal-numbers.ts'
import { randomFrom } from './random.ts'

const hands = [
  ['much', 60],
  ['some', 33.3],
  ['little', 6.7],
] as const
const dealer = createDealer(randomFrom('deal'), hands)

it('every thousand numbers has the exact share of each hand, in a random order', () => {
  for (const block of [0, 1, 77]) {
    const dealt = Array.from({ length: 1_000 }, (_, place) => dealer.dealOf(block * 1_000 + place).hand)
    expect(['much', 'some', 'little'].map((hand) => dealt.filter((one) => one === hand).length)).toEqual([
      600, 333, 67,
    ])
    expect(dealt).not.toEqual(dealt.toSorted())
  }
})

it('the rank is the number of smaller numbers with the same hand', () => {
  const seen = new Map<string, number>()
  for (let number = 0; number < 3_500; number++) {
    const { hand, rank } = dealer.dealOf(number)
    expect(rank).toBe(seen.get(hand) ?? 0)
    expect(rank).toBe(dealer.countBelow(number, hand))
    seen.set(hand, rank + 1)
  }
})

it('the first look at any number draws one block, however large the number', () => {
  const fresh = fc.property(fc.nat(1_000_000_000_000), (number) => {
    const { hand, rank } = createDealer(randomFrom('deal'), hands).dealOf(number)
    expect(rank).toBe(dealer.countBelow(number, hand))
  })
  fc.assert(fresh, propertyOptions())
})
