import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLiveClock } from './live-clock.ts'

const beginsAt = new Date('2026-11-30T10:00:00Z')
const from = new Date('2026-11-30T09:30:00Z')
const clock = createLiveClock({ from, beginsAt, playMs: 10_000 })
const at = (time: string) => clock.caughtUp.demoMsOf(new Date(time))

test('the time to catch up with passes within the play, and then the time is the real one', () => {
  expect(at('2026-11-30T09:30:00Z')).toBe(0)
  expect(at('2026-11-30T09:45:05Z')).toBe(5_000)
  expect(at('2026-11-30T10:00:10Z')).toBe(10_000)
  expect(at('2026-11-30T10:15:10Z')).toBe(910_000)
})

test('what is earlier is due at once', () => {
  expect(at('2026-11-30T08:00:00Z')).toBe(0)
})

test('on both scales a time is never later than the moment at which it is due', () => {
  const never = fc.property(fc.nat(3_600_000), (demoMs) => {
    for (const scale of [clock.live, clock.caughtUp]) {
      const time = scale.timeAt(demoMs)
      expect(time.getTime()).toBeLessThanOrEqual(beginsAt.getTime() + demoMs)
      expect(Math.abs(scale.demoMsOf(time) - demoMs)).toBeLessThan(1)
    }
  })
  fc.assert(never, propertyOptions())
})

test('there must be something to catch up with', () => {
  expect(() => createLiveClock({ from: beginsAt, beginsAt: from, playMs: 10_000 })).toThrow('longer than')
})
