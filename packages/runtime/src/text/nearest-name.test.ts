import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = ['inFlight', 'batchSize', 'lingerMs', 'url', 'raw', 'http']

test.each([
  ['inflight', 'inFlight'],
  ['in_flight', 'inFlight'],
  ['in-flihgt', 'inFlight'],
  ['batchSizes', 'batchSize'],
  ['lingerSeconds', undefined],
  ['ulr', 'url'],
  ['uri', 'url'],
  ['htpt', 'http'],
  ['sql', undefined],
  ['', undefined],
  ['x'.repeat(500), undefined],
])('the nearest to %s is %s', (written, meant) => {
  expect(nearestName(written, names)).toBe(meant)
})
