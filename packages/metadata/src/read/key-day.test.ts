import { expect, test } from 'vitest'
import { dayOfKey } from './key-day.ts'

test.each([
  ['metadata/2025/09/30/call-337.json', '2025-09-30'],
  ['2024/02/29/chat-1.json', '2024-02-29'],
  ['acme/2025-09-30/call-337.json', '2025-09-30'],
  ['acme/20250930/call-337.json', '2025-09-30'],
  ['acme/dt=2025-09-30/call-337.json', '2025-09-30'],
  ['acme/year=2025/month=09/day=30/call-337.json', '2025-09-30'],
  ['acme/metadata-2025-09-30-337.json', '2025-09-30'],
  ['acme/metadata_2025_09_30.json', '2025-09-30'],
])('%s has a day', (key, day) => {
  expect(dayOfKey(key)).toBe(day)
})

test.each([
  'call-337.json',
  'metadata/call-20250930.json',
  'metadata/2025/13/01/call-337.json',
  'metadata/2025/02/30/call-337.json',
  'metadata/2025/09/call-30.json',
  '1234/56/78/call-1.json',
  'iva-prober-gxjs4ra.ew1/metadata/call-987.json',
  '',
])('%s has no day', (key) => {
  expect(dayOfKey(key)).toBeNull()
})
