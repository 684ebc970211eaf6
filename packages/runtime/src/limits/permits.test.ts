import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPermitPool, createPermits } from './permits.ts'

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Work whose end the test decides; `begun` is in the order in which it began. */
function openWork() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<void>((resolve) => ends.set(name, resolve))
  }
  return { begun, work, end: (name: string) => ends.get(name)?.() }
}

test('I8 never more run than there are permits, all run, and every permit is released', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      async (max, works) => {
        const permits = createPermits(max)
        let running = 0
        let most = 0
        const answers = await Promise.allSettled(
          works.map((fails, index) =>
            permits.run(async () => {
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
        expect(permits.taken()).toBe(0)
      },
    ),
    propertyOptions(),
  )
})

test('callers start in the order in which they came, and one whose signal fires leaves the line', async () => {
  const permits = createPermits(1)
  const { begun, work, end } = openWork()
  const stop = new AbortController()
  const runs = [permits.run(work('first')), permits.run(work('second'))]
  const leaving = permits.run(work('leaving'), stop.signal)
  runs.push(permits.run(work('third')))
  expect(permits.waiting()).toBe(3)
  stop.abort(new Error('stopped'))
  await expect(leaving).rejects.toThrow('stopped')
  await expect(permits.run(work('too late'), stop.signal)).rejects.toThrow('stopped')
  for (const name of ['first', 'second', 'third']) {
    await soon()
    end(name)
  }
  await Promise.all(runs)
  expect(begun).toEqual(['first', 'second', 'third'])
  expect(permits.taken() + permits.waiting()).toBe(0)
})

test('a signal that fires while its work runs takes no permit away', async () => {
  const permits = createPermits(1)
  const { work, end } = openWork()
  const stop = new AbortController()
  const run = permits.run(work('running'), stop.signal)
  stop.abort()
  expect(permits.taken()).toBe(1)
  end('running')
  await run
  expect(permits.taken()).toBe(0)
})

test('of the lines of a pool the first has priority, and a line keeps to its own bound', async () => {
  const pool = createPermitPool(() => 3)
  const [first, second] = [pool.addLine(), pool.addLine({ max: () => 2 })]
  const { begun, work, end } = openWork()
  const runs = ['s1', 's2', 's3'].map((name) => second.run(work(name)))
  runs.push(first.run(work('f1')), first.run(work('f2')))
  await soon()
  expect(begun).toEqual(['s1', 's2', 'f1'])
  end('s1')
  await soon()
  expect(begun).toEqual(['s1', 's2', 'f1', 'f2'])
  expect([first.taken(), second.taken(), second.waiting()]).toEqual([2, 1, 1])
  for (const name of ['f1', 's2', 'f2']) {
    end(name)
    await soon()
  }
  end('s3')
  await Promise.all(runs)
})
