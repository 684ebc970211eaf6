import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSourceShare, type SourceShare } from './source-share.ts'

const sources = [{ name: 'slow' }, { name: 'other' }, { name: 'third' }]
const bytesMax = 1_000_000

/** Objects that have begun and end when the test says so. */
function begin(share: SourceShare, source: string, count: number, bytes = 1) {
  const ends: (() => void)[] = []
  const all = Array.from({ length: count }, () =>
    share.run(source, bytes, () => new Promise<void>((resolve) => ends.push(resolve))),
  )
  return { ends, all }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('I5 a source whose objects never end leaves permits for each of the others', async () => {
  const share = createSourceShare(sources, { permitsMax: 256, bytesMax })
  const slow = begin(share, 'slow', 1_000)
  await turn()
  expect(slow.ends).toHaveLength(204)
  const other = begin(share, 'other', 1_000)
  await turn()
  expect(other.ends.length).toBeGreaterThan(30)
  const third = begin(share, 'third', 1_000)
  await turn()
  expect(third.ends.length).toBeGreaterThan(1)
  expect(share.waiting()).toBe(3_000 - slow.ends.length - other.ends.length - third.ends.length)
})

test('I5 a source with large objects leaves bytes for the others', async () => {
  const share = createSourceShare(sources, { permitsMax: 256, bytesMax: 100 })
  const slow = begin(share, 'slow', 30, 10)
  await turn()
  expect(slow.ends).toHaveLength(8)
  const other = begin(share, 'other', 1, 15)
  await turn()
  expect(other.ends).toHaveLength(1)
})

test('a single source has every permit, and one permit is enough for many sources', async () => {
  const alone = createSourceShare([{ name: 'slow' }], { permitsMax: 4, bytesMax })
  const all = begin(alone, 'slow', 9)
  await turn()
  expect(all.ends).toHaveLength(9)

  const narrow = createSourceShare(sources, { permitsMax: 1, bytesMax })
  const done: string[] = []
  const ends = ['slow', 'slow', 'other', 'third'].map((source) =>
    narrow.run(source, 1, async () => void done.push(source)),
  )
  await Promise.all(ends)
  expect(done.toSorted()).toEqual(['other', 'slow', 'slow', 'third'])
})

test('I8 never more run than there are permits, all run, and everything taken is released', async () => {
  const work = fc.record({
    source: fc.constantFrom('slow', 'other', 'third'),
    bytes: fc.nat(60),
    fails: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(work, { maxLength: 60 }),
      async (permitsMax, works) => {
        const share = createSourceShare(sources, { permitsMax, bytesMax: 100 })
        let [running, most] = [0, 0]
        const answers = await Promise.allSettled(
          works.map(({ source, bytes, fails }) =>
            share.run(source, bytes, async () => {
              running += 1
              most = Math.max(most, running)
              await Promise.resolve()
              running -= 1
              if (fails) throw new Error('work failed')
            }),
          ),
        )
        expect(most).toBeLessThanOrEqual(permitsMax)
        expect(answers.map(({ status }) => status)).toEqual(
          works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        )
        expect(share.waiting()).toBe(0)
      },
    ),
    propertyOptions(),
  )
})
