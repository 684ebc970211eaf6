import { expect, test } from 'vitest'
import { comparedGroups, copiedTables } from './encode-session.ts'

test('I3 every table but session is in one group that is compared, in the order in which rows are encoded', () => {
  const names = copiedTables.map(({ name }) => name)
  expect(comparedGroups.flat()).toEqual(names.filter((name) => name !== 'session'))
})

test('I3 tables of a group differ in their numbers of columns, so that the bytes of their rows cannot be equal', () => {
  const columnsOf = new Map(copiedTables.map(({ name, columns }) => [name, columns.length]))
  for (const group of comparedGroups) {
    const counts = new Set(group.map((name) => columnsOf.get(name)))
    expect([group, counts.size]).toEqual([group, group.length])
  }
})
