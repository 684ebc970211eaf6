import { expect, test, vi } from 'vitest'
import { countDays } from './count-days.ts'

test('a count that fails after the answer ends nothing, and the next request gets the failure', async () => {
  let nowMs = Date.parse('2026-11-22T12:00:00Z')
  let reads = 0
  const ask = countDays(
    async () => {
      reads += 1
      if (reads > 1) throw new Error('away')
      return []
    },
    () => nowMs,
  )
  expect(await ask(7)).toMatchObject({ state: 'read', from: '2026-11-16', to: '2026-11-22' })
  nowMs += 61_000
  expect(await ask(7), 'the answer before, while it is counted again').toMatchObject({ state: 'read' })
  await vi.waitFor(() => expect(ask(7)).rejects.toThrow('away'))
})
