import { compareKeys } from '../src/listing/compare-keys.ts'
import type { KeyPage, ListKeys } from '../src/listing/split-keys.ts'

export type CountedLister = { listKeys: ListKeys; calls(): number }

const lastModified = new Date('2026-01-01')

/** Lists keys in memory as a store does, up to 1,000 at a time. */
export function listInMemory(keys: readonly string[], keysMax = 1_000): CountedLister {
  const sorted = keys.toSorted(compareKeys)
  let calls = 0
  return {
    calls: () => calls,
    listKeys: async ({ prefix, startAfter = '' }): Promise<KeyPage> => {
      calls += 1
      const from = firstIndex(
        sorted,
        (key) => compareKeys(key, startAfter) > 0 && compareKeys(key, prefix) >= 0,
      )
      const found = sorted.slice(from, from + keysMax + 1).filter((key) => key.startsWith(prefix))
      const objects = found.slice(0, keysMax).map((key) => ({ key, lastModified }))
      return { objects, truncated: found.length > keysMax }
    },
  }
}

function firstIndex(sorted: readonly string[], isBehind: (key: string) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBehind(sorted[middle] as string)) high = middle
    else low = middle + 1
  }
  return low
}

/** Deterministic, so that measurements stay comparable. */
function* pseudoRandom(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (state * 48_271) % 2_147_483_647
    yield state / 2_147_483_647
  }
}

const next = pseudoRandom()
const random = (below: number): number => Math.floor(next.next().value * below)

function days(yearFrom: number, yearTo: number): string[] {
  const found: string[] = []
  for (let time = Date.UTC(yearFrom, 0, 1); time < Date.UTC(yearTo, 0, 1); time += 86_400_000)
    found.push(new Date(time).toISOString().slice(0, 10).replaceAll('-', '/'))
  return found
}

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function hexId(): string {
  return times(8, () =>
    random(2 ** 16)
      .toString(16)
      .padStart(4, '0'),
  ).join('')
}

/** Layouts of buckets, with the largest acceptable shard as a multiple of the mean. */
export const layouts: { name: string; keys: () => string[]; ratioMax: number }[] = [
  {
    name: 'folders by date over three years, each with about 75 calls',
    keys: () => {
      let id = 100_000
      return days(2023, 2026).flatMap((day) =>
        times(50 + random(50), () => `metadata/${day}/call-${id++}.json`),
      )
    },
    ratioMax: 2.5,
  },
  {
    name: 'folders by date, most of them in the last months',
    keys: () => {
      let id = 1
      return days(2023, 2026).flatMap((day, index) =>
        times(Math.ceil(1.006 ** index), () => `metadata/${day}/call-${id++}.json`),
      )
    },
    ratioMax: 7,
  },
  {
    name: 'flat numbers of growing length',
    keys: () => times(80_000, (id) => `call-${id + 1}.json`),
    ratioMax: 2.5,
  },
  {
    name: 'flat numbers that are padded',
    keys: () => times(80_000, (id) => `${String(id).padStart(12, '0')}`),
    ratioMax: 2.5,
  },
  { name: 'random hexadecimal names', keys: () => times(80_000, () => `in/${hexId()}.json`), ratioMax: 2.5 },
  {
    name: 'one huge folder and many small ones',
    keys: () => [
      ...times(500, (index) => `tenant-${hexId().slice(0, 6)}/call-${index}.json`),
      ...times(60_000, (id) => `tenant-main/calls/call-${id + 1}.json`),
    ],
    ratioMax: 2.5,
  },
  {
    name: 'tenants of the same size, each by date',
    keys: () =>
      times(40, (tenant) =>
        days(2025, 2026).flatMap((day) => times(8, () => `t${tenant}/${day}/${hexId()}`)),
      ).flat(),
    ratioMax: 2.5,
  },
  {
    name: 'all below one long prefix',
    keys: () => times(20_000, (id) => `${'a very long folder name/'.repeat(20)}call-${id}.json`),
    ratioMax: 2.5,
  },
]
