import { costGrowth, linearGrowthMax } from '@aftercall/testkit/cost-growth'
import { expect, test } from 'vitest'
import { readForm } from './read-form.ts'

test('a field that is sent several times has all its values, in their order', () => {
  expect([...readForm('id=1&kind=replay&id=2&id=')]).toEqual([
    ['id', ['1', '2', '']],
    ['kind', ['replay']],
  ])
})

test('I5 reading a form costs no more than linearly in its bytes, even if all of it is one field', () => {
  expect(costGrowth((size) => readForm('a&'.repeat(size)), 2_000)).toBeLessThan(linearGrowthMax)
})
