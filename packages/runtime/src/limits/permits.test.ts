import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPermits } from './permits.ts'

test('I8 never more run than there are places, all run, and every place comes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      async (max, works) => {
        const slots = createPermits(max)
        let running = 0
        let most = 0
        const answers = await Promise.allSettled(
          works.map((fails, index) =>
            slots.run(async () => {
              running += 1
              most = Math.max(most, running)
              await Promise.resolve()
              running -= 1
              if (fails) throw new Error('work failed')
              return index
            }),
          ),
        )
        expect(most).toBeLessThanOrEqual(max)
        expect(answers.map((one) => one.status)).toEqual(
          works.map((fails) => (fails ? 'rejected' : 'fulfilled')),
        )
        expect(slots.taken()).toBe(0)
      },
    ),
    propertyOptions(),
  )
})
