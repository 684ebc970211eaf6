import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareKeys } from '../src/listing/compare-keys.ts'
import { type Shard, splitKeys } from '../src/listing/split-keys.ts'
import { seed } from './fast-check-seed.ts'
import { layouts, listInMemory } from './shard-layouts.ts'

function holds({ afterKey, upToKey }: Shard, key: string): boolean {
  return (
    (afterKey === null || compareKeys(key, afterKey) > 0) &&
    (upToKey === null || compareKeys(key, upToKey) <= 0)
  )
}

/** How many keys each shard contains, for keys in order. */
function sizesOf(shards: readonly Shard[], sorted: readonly string[]): number[] {
  let position = 0
  return shards.map((shard) => {
    const from = position
    while (position < sorted.length && holds(shard, sorted[position] as string)) position += 1
    return position - from
  })
}

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'0123/-a.') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom('\u{10ffff}', '\u{10fffd}', '\u{ffff}', '👩', '\u{e000}', ' ') },
)
const text = fc
  .array(character, { maxLength: 7 })
  .map((parts) => parts.join(''))
  .filter((key) => key.isWellFormed())

describe(`shards (FC_SEED=${seed})`, () => {
  it('contain every present or future key exactly once, and are in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          keys: fc.uniqueArray(text, { maxLength: 80 }),
          later: fc.array(text, { maxLength: 20 }),
          prefix: fc.oneof(
            fc.constant(''),
            text.map((key) => key.slice(0, 1)).filter((key) => key.isWellFormed()),
          ),
          startAfter: fc.option(text, { nil: undefined }),
          shardsMax: fc.integer({ min: 1, max: 12 }),
          pageSize: fc.integer({ min: 1, max: 9 }),
        }),
        async ({ keys, later, prefix, startAfter, shardsMax, pageSize }) => {
          const inRange = (key: string) =>
            key !== '' && key.startsWith(prefix) && compareKeys(key, startAfter ?? '') > 0
          const { listKeys, calls } = listInMemory(
            keys.filter((key) => key !== ''),
            pageSize,
          )
          const shards = await splitKeys(listKeys, { prefix, shardsMax, startAfter })
          expect(shards.length).toBeGreaterThanOrEqual(1)
          expect(shards.length).toBeLessThanOrEqual(shardsMax)
          expect(shards[0]?.afterKey).toBe(startAfter ?? null)
          expect(shards.at(-1)?.upToKey).toBeNull()
          for (const key of [...keys, ...later].filter(inRange))
            expect(shards.filter((shard) => holds(shard, key))).toHaveLength(1)
          const sorted = keys.filter(inRange).toSorted(compareKeys)
          const inShards = shards.flatMap((shard) => sorted.filter((key) => holds(shard, key)))
          expect(inShards).toEqual(sorted)
          for (const [index, shard] of shards.entries())
            expect(shard.upToKey).toBe(shards[index + 1]?.afterKey ?? null)
          expect(calls()).toBeLessThanOrEqual(10 * shardsMax + 20)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('name their first key', async () => {
    const keys = Array.from({ length: 5_000 }, (_, id) => `call-${id}`).toSorted(compareKeys)
    const shards = await splitKeys(listInMemory(keys).listKeys, {
      prefix: '',
      shardsMax: 8,
      startAfter: 'call-2',
    })
    expect(shards.length).toBeGreaterThan(4)
    for (const shard of shards) {
      expect(shard.firstKey).toBe(keys.find((key) => holds(shard, key)))
      expect(shard.firstModified).toEqual(new Date('2026-01-01'))
    }
  })

  it.each([
    ['no key', []],
    ['one key', ['in/a']],
    ['a page of keys', Array.from({ length: 1_000 }, (_, id) => `in/${id}`)],
  ])('cost one call where there is no more than %s', async (_name, keys) => {
    const { listKeys, calls } = listInMemory(keys)
    const shards = await splitKeys(listKeys, { prefix: 'in/', shardsMax: 1 })
    expect(shards).toMatchObject([{ afterKey: null, upToKey: null, firstKey: keys[0] ?? null }])
    expect(calls()).toBe(1)
  })

  it('are not split if keys differ only after what a request can name', async () => {
    const keys = Array.from({ length: 2_000 }, (_, id) => `${'x'.repeat(1_010)}${id}`)
    const shards = await splitKeys(listInMemory(keys).listKeys, { prefix: '', shardsMax: 4 })
    expect(shards).toMatchObject([{ afterKey: null, upToKey: null }])
  })

  it.each(layouts)('are balanced: $name', async ({ keys, ratioMax }) => {
    const sorted = keys().toSorted(compareKeys)
    const shardsMax = 32
    const { listKeys, calls } = listInMemory(sorted)
    const shards = await splitKeys(listKeys, { prefix: '', shardsMax })
    const sizes = sizesOf(shards, sorted)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sorted.length)
    expect(Math.max(...sizes) / (sorted.length / shardsMax)).toBeLessThan(ratioMax)
    expect(calls()).toBeLessThanOrEqual(10 * shardsMax)
  })
})
