import { expect, test } from 'vitest'
import { type Choice, choose } from './choose-objects.ts'

const march: Choice = {
  since: new Date('2026-03-01'),
  until: new Date('2026-04-01'),
  datesFrom: 'auto',
  prefix: 'acme/',
}

const modified = (time: string) => new Date(time)

test('I7 only keys below the prefix are chosen', () => {
  const all: Choice = { datesFrom: 'auto', prefix: 'acme/' }
  expect(choose(all, { key: 'acme/call-1.json' })).toBe('wanted')
  expect(choose(all, { key: 'acme-2/call-1.json' })).toBe('elsewhere')
})

test('the whole day in the key counts, before the modification', () => {
  const lastModified = modified('2026-11-01T00:00:00Z')
  const choiceOf = (day: string) => choose(march, { key: `acme/${day}/call-1.json`, lastModified })
  expect(choiceOf('2026/02/28')).toBe('too-early')
  expect(choiceOf('2026/03/01')).toBe('wanted')
  expect(choiceOf('2026/03/31')).toBe('wanted')
  expect(choiceOf('2026/04/01')).toBe('too-late')
  const afternoon = {
    ...march,
    since: new Date('2026-03-05T15:00:00Z'),
    until: new Date('2026-03-05T16:00:00Z'),
  }
  expect(choose(afternoon, { key: 'acme/2026/03/05/call-1.json' })).toBe('wanted')
})

test('without a day in the key, the instant of the modification counts', () => {
  const choiceOf = (time: string) => choose(march, { key: 'acme/call-1.json', lastModified: modified(time) })
  expect(choiceOf('2026-02-28T23:59:59.999Z')).toBe('too-early')
  expect(choiceOf('2026-03-01T00:00:00Z')).toBe('wanted')
  expect(choiceOf('2026-03-31T23:59:59.999Z')).toBe('wanted')
  expect(choiceOf('2026-04-01T00:00:00Z')).toBe('too-late')
})

test('a choice can name the time that counts, and an object without it is undated', () => {
  const object = { key: 'acme/2026/03/05/call-1.json', lastModified: modified('2026-11-01') }
  expect(choose({ ...march, datesFrom: 'modified' }, object)).toBe('too-late')
  expect(choose({ ...march, datesFrom: 'key' }, object)).toBe('wanted')
  expect(choose({ ...march, datesFrom: 'key' }, { ...object, key: 'acme/call-1.json' })).toBe('undated')
  expect(choose(march, { key: 'acme/call-1.json' })).toBe('undated')
})
