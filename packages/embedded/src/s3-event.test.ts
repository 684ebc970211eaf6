import { expect, test } from 'vitest'
import { createSequencer, encodeKey } from './s3-event.ts'

test.each([
  ['plain/path-1_2.3*.json', 'plain/path-1_2.3*.json'],
  ['a b', 'a+b'],
  ['a+b', 'a%2Bb'],
  ['100%', '100%25'],
  ['é/日', '%C3%A9/%E6%97%A5'],
  ['a=b&c?d#e', 'a%3Db%26c%3Fd%23e'],
  ["(~!')", '%28%7E%21%27%29'],
])('the key %j is written %j', (key, encoded) => {
  expect(encodeKey(key)).toBe(encoded)
})

test('sequencers increase as text, within a millisecond and when the clock steps back', () => {
  const clock = [1000, 1000, 2000, 1500, 2000, 1.9e12]
  const next = createSequencer(() => clock.shift() ?? 0)
  const sequencers = Array.from({ length: 6 }, next)
  expect([...sequencers].sort()).toEqual(sequencers)
  expect(new Set(sequencers).size).toBe(6)
  for (const sequencer of sequencers) expect(sequencer).toMatch(/^[0-9A-F]{18}$/)
})
