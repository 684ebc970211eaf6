import { expect, test } from 'vitest'
import { isDuration, secondsOf } from './duration.ts'

test('a duration is a whole number with its unit', () => {
  expect(['30s', '5m', '24h', '7d'].map(secondsOf)).toEqual([30, 300, 86_400, 604_800])
  expect(['', '5', 'm', '0m', '-1m', '1.5h', '5 m', '5min', '1w', '9999999s'].filter(isDuration)).toEqual([])
  expect(() => secondsOf('soon')).toThrow(/soon is not a duration/)
})
