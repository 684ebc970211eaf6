import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBatcher } from './batcher.ts'

type PendingFlush = { entries: number[]; finish(answers?: number[]): void; fail(error: Error): void }

/** A batcher whose flushes stay open until the test ends them. */
function openBatcher(options: {
  sizeMax: number
  lingerMs: number
  lingerBesideMs?: number
  flushesMax: number
}) {
  const started: number[][] = []
  const pending: PendingFlush[] = []
  const batcher = createBatcher<number, number>({
    ...options,
    flush: (entries) =>
      new Promise((resolve, reject) => {
        started.push(entries)
        const flush: PendingFlush = {
          entries,
          finish: (answers = entries.map((entry) => entry * 2)) => close(() => resolve(answers)),
          fail: (error) => close(() => reject(error)),
        }
        pending.push(flush)
        function close(end: () => void): void {
          pending.splice(pending.indexOf(flush), 1)
          end()
        }
      }),
  })
  return { batcher, started, pending }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a batch starts', () => {
  test('at once when it is full', () => {
    const { batcher, started } = openBatcher({ sizeMax: 2, lingerMs: 1000, flushesMax: 1 })
    void batcher.add(1)
    expect(started).toEqual([])
    void batcher.add(2)
    expect(started).toEqual([[1, 2]])
  })

  test('beside another when it is full or has waited lingerBesideMs, and at once when the other has ended', async () => {
    const times = { lingerMs: 20, lingerBesideMs: 100 }
    const { batcher, started, pending } = openBatcher({ sizeMax: 2, flushesMax: 3, ...times })
    void batcher.add(1)
    await vi.advanceTimersByTimeAsync(20)
    void batcher.add(2)
    await vi.advanceTimersByTimeAsync(99)
    expect(started).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toEqual([[1], [2]])
    void batcher.add(3)
    void batcher.add(4)
    expect(started).toEqual([[1], [2], [3, 4]])
    for (const flush of [...pending].slice(1)) flush.finish()
    void batcher.add(5)
    await vi.advanceTimersByTimeAsync(50)
    expect(started).toHaveLength(3)
    pending[0]?.finish()
    await settle()
    expect(started).toEqual([[1], [2], [3, 4], [5]])
  })

  test('when its first entry has waited lingerMs, and not before', async () => {
    const { batcher, started } = openBatcher({ sizeMax: 10, lingerMs: 20, flushesMax: 1 })
    void batcher.add(1)
    await vi.advanceTimersByTimeAsync(19)
    void batcher.add(2)
    expect(started).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toEqual([[1, 2]])
  })

  test('with its own linger after one that went out', async () => {
    const { batcher, started, pending } = openBatcher({ sizeMax: 2, lingerMs: 20, flushesMax: 1 })
    void batcher.add(1)
    await vi.advanceTimersByTimeAsync(15)
    for (const entry of [2, 3]) void batcher.add(entry)
    pending[0]?.finish()
    await vi.advanceTimersByTimeAsync(19)
    expect(started).toEqual([[1, 2]])
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toEqual([[1, 2], [3]])
    pending[0]?.finish()
    void batcher.add(4)
    await settle()
    expect(started).toHaveLength(2)
  })

  test('only when one of flushesMax is free', async () => {
    const { batcher, started, pending } = openBatcher({ sizeMax: 1, lingerMs: 0, flushesMax: 2 })
    for (const entry of [1, 2, 3]) void batcher.add(entry)
    expect(started).toEqual([[1], [2]])
    pending[1]?.finish()
    await settle()
    expect(started).toEqual([[1], [2], [3]])
  })
})

describe('I5 a flush that fails', () => {
  test('rejects its own entries only, and the batcher goes on', async () => {
    const { batcher, pending } = openBatcher({ sizeMax: 2, lingerMs: 20, flushesMax: 2 })
    const answers = Promise.allSettled([1, 2, 3, 4].map((entry) => batcher.add(entry)))
    pending[0]?.fail(new Error('connection lost'))
    pending[0]?.finish()
    expect((await answers).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
  })

  test('by giving too few answers rejects all of its entries', async () => {
    const { batcher, pending } = openBatcher({ sizeMax: 2, lingerMs: 20, flushesMax: 1 })
    const answers = Promise.allSettled([batcher.add(1), batcher.add(2)])
    pending[0]?.finish([2])
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  test('by throwing before it waits rejects its entries', async () => {
    const batcher = createBatcher<number, number>({
      sizeMax: 1,
      lingerMs: 0,
      flushesMax: 1,
      flush: () => {
        throw new Error('thrown at once')
      },
    })
    await expect(batcher.add(1)).rejects.toThrow('thrown at once')
  })
})

describe('draining', () => {
  test('resolves when every entry has its answer, without waiting for the linger', async () => {
    const { batcher, started, pending } = openBatcher({ sizeMax: 2, lingerMs: 60_000, flushesMax: 1 })
    const drained = vi.fn()
    for (const entry of [1, 2, 3]) void batcher.add(entry)
    void batcher.drain().then(drained)
    pending[0]?.finish()
    await settle()
    expect(started).toEqual([[1, 2], [3]])
    expect(drained).not.toHaveBeenCalled()
    pending[0]?.finish()
    await settle()
    expect(drained).toHaveBeenCalledOnce()
  })

  test('does not wait for entries added afterwards, which linger as always', async () => {
    const { batcher, started, pending } = openBatcher({ sizeMax: 2, lingerMs: 20, flushesMax: 1 })
    const drained = vi.fn()
    for (const entry of [1, 2, 3]) void batcher.add(entry)
    void batcher.drain().then(drained)
    for (const entry of [4, 5]) void batcher.add(entry)
    for (const _ of [1, 2]) {
      expect(drained).not.toHaveBeenCalled()
      pending[0]?.finish()
      await settle()
    }
    expect(drained).toHaveBeenCalledOnce()
    expect(started).toEqual([
      [1, 2],
      [3, 4],
    ])
    await vi.advanceTimersByTimeAsync(20)
    expect(started).toHaveLength(3)
  })

  test('of an idle batcher resolves at once', async () => {
    await openBatcher({ sizeMax: 1, lingerMs: 1000, flushesMax: 1 }).batcher.drain()
  })
})

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'add' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), waitMs: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('end' as const), at: fc.nat(5), fails: fc.boolean() }),
  },
)
const options = fc.record({
  sizeMax: fc.integer({ min: 1, max: 5 }),
  lingerMs: fc.nat(20),
  flushesMax: fc.integer({ min: 1, max: 3 }),
})

test('every entry is flushed once, in order, within the bounds, and gets its own answer or failure', async () => {
  const property = fc.asyncProperty(options, fc.array(step, { maxLength: 60 }), async (bounds, steps) => {
    const { batcher, started, pending } = openBatcher(bounds)
    const failed = new Set<number>()
    const answers: Promise<PromiseSettledResult<number>>[] = []
    for (const one of steps) {
      if (one.kind === 'add') answers.push(outcomeOf(batcher.add(answers.length)))
      if (one.kind === 'wait') await vi.advanceTimersByTimeAsync(one.waitMs)
      if (one.kind === 'end') endFlush(pending[one.at % Math.max(1, pending.length)], one.fails, failed)
      await settle()
      expect(pending.length).toBeLessThanOrEqual(bounds.flushesMax)
    }
    const drained = batcher.drain()
    while (pending.length > 0) {
      pending[0]?.finish()
      await settle()
    }
    await drained
    expect(started.flat()).toEqual(answers.map((_, entry) => entry))
    for (const batch of started) expect(batch.length).toBeLessThanOrEqual(bounds.sizeMax)
    const outcomes = await Promise.all(answers)
    outcomes.forEach((answer, entry) => {
      if (failed.has(entry)) expect(answer.status).toBe('rejected')
      else expect(answer).toEqual({ status: 'fulfilled', value: entry * 2 })
    })
  })
  await fc.assert(property, propertyOptions())
})

function endFlush(flush: PendingFlush | undefined, fails: boolean, failed: Set<number>): void {
  if (!fails) flush?.finish()
  if (!fails || flush === undefined) return
  for (const entry of flush.entries) failed.add(entry)
  flush.fail(new Error('flush failed'))
}

async function outcomeOf<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([promise])
  return outcome
}
