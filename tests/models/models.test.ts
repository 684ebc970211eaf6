import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { expect, test, vi } from 'vitest'
import { root } from '../spec/list-tests.ts'
import { checkModel, hasSpin } from './check-model.ts'
import { listModels, type Model } from './list-models.ts'

vi.setConfig({ testTimeout: 3_600_000 })

const skippedBecause = 'spin or gcc is not installed (Debian packages spin and gcc)'
const it = drawnTests({ quick: 3, thorough: 'all' })

const isThorough = countOf({ quick: 0, thorough: 1 }) === 1
const models = listModels()
const modelOf = (name: string): Model => {
  const model = models.find(({ file }) => file === `tests/models/${name}.pml`)
  if (model === undefined) throw new Error(`there is no model ${name}`)
  return model
}

/** How far each model is searched: the definitions that replace those of the file. */
const bounds: Readonly<Record<string, { quick: string[]; thorough: string[][] }>> = {
  queue: {
    quick: ['WORKERS=3', 'SENT=1', 'FAULTS=1'],
    thorough: [
      ['WORKERS=3', 'SENT=1', 'FAULTS=2', 'RECEIVES_MAX=3'],
      ['WORKERS=3', 'SENT=2', 'FAULTS=0'],
      ['WORKERS=2', 'SENT=2', 'FAULTS=2'],
    ],
  },
  'order-guard': {
    quick: ['WORKERS=3', 'FAULTS=0', 'REDELIVERIES=0'],
    thorough: [
      ['WORKERS=3', 'FAULTS=0', 'REDELIVERIES=1'],
      ['WORKERS=2', 'FAULTS=1', 'REDELIVERIES=1'],
    ],
  },
  rollups: {
    quick: ['LOADERS=2', 'REFRESHERS=2', 'KILLS=0'],
    thorough: [['LOADERS=2', 'REFRESHERS=2', 'KILLS=1']],
  },
  erasure: { quick: ['WORKERS=3'], thorough: [['WORKERS=3', 'FAULTS=3', 'DOCUMENTS=3']] },
}

it.each(Object.keys(bounds))(
  'I1 I2 I3 I4 I5 I9 the model %s holds in every state within its bounds',
  async (name, { skip }) => {
    skip(!hasSpin, skippedBecause)
    const { quick = [], thorough = [] } = bounds[name] ?? {}
    for (const definitions of isThorough ? thorough : [quick]) {
      const { states, violated } = await checkModel(modelOf(name).file, definitions)
      process.stdout.write(`${name}, ${definitions.join(' ')}: ${states} states\n`)
      expect(violated).toBeNull()
      expect(states).toBeGreaterThan(1_000)
    }
  },
)

/** Enough for every fault that a broken variant needs. */
const brokenBounds: Readonly<Record<string, string[]>> = {
  queue: ['WORKERS=2', 'FAULTS=2'],
  'order-guard': ['WORKERS=2', 'FAULTS=0', 'REDELIVERIES=1'],
}
const broken = Object.keys(bounds).flatMap((name) =>
  modelOf(name).broken.map((one) => ({ model: name, ...one })),
)

it.each(broken)(
  'the model $model finds that it is broken when $what',
  async ({ model, name, violates }, { skip }) => {
    skip(!hasSpin, skippedBecause)
    const definitions = [...(brokenBounds[model] ?? []), name]
    const { violated } = await checkModel(modelOf(model).file, definitions, { isShort: true })
    expect(violated).toBe(violates)
  },
)

test('each model is checked, and each of its broken variants is a definition that it knows', () => {
  expect(models.map(({ file }) => file)).toEqual(
    Object.keys(bounds)
      .sort()
      .map((name) => `tests/models/${name}.pml`),
  )
  for (const { file, broken: variants, properties } of models) {
    const text = readFileSync(join(root, file), 'utf8')
    const known = ['no deadlock', ...properties.map(({ name }) => name)]
    expect(variants.length, file).toBeGreaterThan(2)
    expect(variants.filter(({ name }) => !new RegExp(`#ifn?def ${name}\n`).test(text))).toEqual([])
    expect(variants.filter(({ violates }) => !known.includes(violates))).toEqual([])
    expect(properties.filter(({ name }) => !text.includes(`MUST(${name},`))).toEqual([])
  }
})

test('what the steps of a model stand for is in the file that the model names', () => {
  const places = models.flatMap(({ file, places: own }) => own.map((place) => ({ model: file, ...place })))
  expect(places.length).toBeGreaterThan(20)
  const lost = places.filter(({ name, file }) => {
    const defined = new RegExp(`\\b(?:function\\*?|const|table) ${name.replaceAll('.', '\\.')}\\b`)
    return !existsSync(join(root, file)) || !defined.test(readFileSync(join(root, file), 'utf8'))
  })
  expect(lost).toEqual([])
})
