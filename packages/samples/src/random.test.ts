import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chance, fork, integer, logNormalSeconds, randomFrom, unit, uuidText, weighted } from './random.ts'

describe('random', () => {
  it('the same seed gives the same values', () => {
    const values = (seed: string | number) => {
      const random = randomFrom(seed)
      return Array.from({ length: 50 }, () => unit(random))
    }
    expect(values('a')).toEqual(values('a'))
    expect(values('a')).not.toEqual(values('b'))
    expect(values(7)).toEqual(values('7'))
  })

  it('values do not change between releases', () => {
    const random = randomFrom('fixed')
    expect([
      integer(random, 0, 999),
      integer(random, 0, 999),
      integer(random, 0, 999),
    ]).toMatchInlineSnapshot(`
      [
        983,
        78,
        81,
      ]
    `)
  })

  it('a fork does not depend on previous draws', () => {
    const fresh = randomFrom(1)
    const used = randomFrom(1)
    for (let draw = 0; draw < 10; draw++) unit(used)
    expect(unit(fork(used, 'part'))).toBe(unit(fork(fresh, 'part')))
  })

  it('numbered forks differ from each other and spread evenly', () => {
    const root = randomFrom('root')
    const values = Array.from({ length: 20_000 }, (_, number) => unit(fork(root, number)))
    expect(new Set(values).size).toBeGreaterThan(19_990)
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1)
    const low = values.filter((value) => value < 0.1).length
    expect(low).toBeGreaterThan(1_800)
    expect(low).toBeLessThan(2_200)
  })

  it('an integer lies between its bounds and reaches both', () => {
    const seen = new Set<number>()
    const random = randomFrom(3)
    for (let draw = 0; draw < 500; draw++) seen.add(integer(random, -2, 2))
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
  })

  it('a chance has about its given frequency', () => {
    const random = randomFrom(4)
    let hits = 0
    for (let draw = 0; draw < 10_000; draw++) if (chance(random, 0.2)) hits++
    expect(hits / 10_000).toBeCloseTo(0.2, 1)
  })

  it('a weight of zero is never drawn', () => {
    const random = randomFrom(5)
    for (let draw = 0; draw < 1_000; draw++) {
      expect(
        weighted(random, [
          ['never', 0],
          ['always', 1],
        ]),
      ).toBe('always')
    }
  })

  it('log-normal seconds are whole and within their bounds', () => {
    const name = 'log-normal seconds are whole and within their bounds'
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5_000 }), (seed, medianSeconds) => {
        const shape = { medianSeconds, spread: 0.9, minSeconds: 3, maxSeconds: 900 }
        const seconds = logNormalSeconds(randomFrom(seed), shape)
        expect(Number.isInteger(seconds)).toBe(true)
        expect(seconds).toBeGreaterThanOrEqual(3)
        expect(seconds).toBeLessThanOrEqual(900)
      }),
      propertyOptions(name),
    )
  })

  it('a UUID has the form of version 4', () => {
    expect(uuidText(randomFrom(1))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})
