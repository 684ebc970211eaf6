import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ListedObject } from './compare-page.ts'
import { createSharedLoad, type PortionEnd, type PortionLoader } from './share-load.ts'

const never = new AbortController().signal

/** The ledger of a test: what has ended. */
function openShared(inFlight: number) {
  const ended = new Map<string, number>()
  const givenUp: string[] = []
  const shared = createSharedLoad({
    inFlight,
    leaveOutEnded: async (objects) => {
      const toLoad = objects.filter(({ key }) => !ended.has(key))
      const stored = objects.length - toLoad.length
      return { toLoad, counts: stored === 0 ? {} : { stored } }
    },
    givenUp: (objects) => void givenUp.push(...objects.map(({ key }) => key)),
  })
  return { shared, ended, givenUp }
}

function objectsOf(count: number): ListedObject[] {
  return Array.from({ length: count }, (_, number) => ({ key: `call-${number}.json` }))
}

const endAll = (ended: Map<string, number>, objects: readonly ListedObject[]): void => {
  for (const { key } of objects) ended.set(key, (ended.get(key) ?? 0) + 1)
}

const plan = fc.record({
  objects: fc.integer({ min: 0, max: 700 }),
  inFlight: fc.integer({ min: 1, max: 150 }),
  loaders: fc.integer({ min: 1, max: 4 }),
  /** For each portion in turn: undefined when it is loaded, else how many objects end before the loader dies. */
  deaths: fc.array(fc.option(fc.nat({ max: 100 }), { nil: undefined }), { maxLength: 30 }),
})

test('I2 I5 whichever loaders die, each object ends once, and counts once: as it ended, or as failed', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ objects: count, inFlight, loaders, deaths }) => {
      const { shared, ended, givenUp } = openShared(inFlight)
      const fates = deaths.values()
      const addLoader = (): void => {
        const loader: PortionLoader = {
          async load(objects): Promise<PortionEnd> {
            await new Promise(setImmediate)
            const endsBefore = fates.next().value
            if (endsBefore === undefined) {
              endAll(ended, objects)
              return { kind: 'loaded', result: { counts: { stored: objects.length }, isComplete: true } }
            }
            endAll(ended, objects.slice(0, endsBefore))
            shared.remove(loader)
            addLoader()
            return { kind: 'died' }
          },
        }
        shared.add(loader)
      }
      for (let at = 0; at < loaders; at += 1) addLoader()
      let noted = 0
      const { counts, isComplete } = await shared.loadPage(objectsOf(count), never, (more) => {
        noted += more
      })
      expect(noted).toBe(count)
      expect([...ended.values()].filter((times) => times !== 1)).toEqual([])
      expect(counts.stored ?? 0).toBe(ended.size)
      expect(counts.failed ?? 0).toBe(givenUp.length)
      expect(ended.size + givenUp.length).toBe(count)
      expect(isComplete).toBe(givenUp.length === 0)
    }),
    propertyOptions({ quick: 50, thorough: 500 }),
  )
})

test('a loader has at most half as many objects again as it can have in flight, and one portion', async () => {
  const { shared } = openShared(40)
  let [portions, most] = [0, 0]
  shared.add({
    async load(objects) {
      portions += 1
      most = Math.max(most, portions)
      await new Promise(setImmediate)
      portions -= 1
      return { kind: 'loaded', result: { counts: { stored: objects.length }, isComplete: true } }
    },
  })
  const page = await shared.loadPage(objectsOf(1_000), never, () => {})
  expect(page).toEqual({ counts: { stored: 1_000 }, isComplete: true })
  expect(most).toBe(3)
})

test('I9 loads that wait for a loader end with the signal, and when no loader will come any more', async () => {
  const stop = new AbortController()
  const stopped = openShared(10).shared.loadPage(objectsOf(5), stop.signal, () => {})
  stop.abort(new Error('stopped'))
  await expect(stopped).rejects.toThrow('stopped')

  const { shared } = openShared(10)
  const failed = shared.loadPage(objectsOf(5), never, () => {})
  shared.fail(new Error('no worker is left'))
  await expect(failed).rejects.toThrow('no worker is left')
  await expect(shared.loadPage(objectsOf(5), never, () => {})).rejects.toThrow('no worker is left')
})
