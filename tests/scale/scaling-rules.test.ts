import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  addedAtMost,
  ecsRules,
  kedaRules,
  stepOf,
  wantedByKeda,
} from '../../bench/scale/simulation/scaling-rules.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const numberOf = (text: string | undefined): number => Number((text ?? 'missing').replaceAll('_', ''))

test('the simulated steps of ECS are those of the CDK', () => {
  const source = read('infra/src/scale-workers.ts')
  const rules = [
    ...source.matchAll(
      /scaleOnMetric\('(\w+)'[\s\S]*?scalingSteps: \[([\s\S]*?)\],\n[\s\S]*?minutes\((\d+)\)[\s\S]*?evaluationPeriods: (\d+)/g,
    ),
  ]
  const found = rules.map(([, name, steps = '', minutes, periods]) => ({
    name,
    steps: [...steps.matchAll(/\{ (lower|upper): ([\d_]+), change: ([+-]?\d+) \}/g)]
      .map(([, bound = '', value, change]) => ({ [bound]: numberOf(value), change: Number(change) }))
      .filter(({ change }) => change !== 0),
    cooldownMs: Number(minutes) * 60_000,
    periods: Number(periods),
  }))
  const { backlog, oldest, minutesInARow: periods } = ecsRules
  expect(found).toEqual([
    { name: 'Backlog', steps: backlog.steps, cooldownMs: backlog.cooldownMs, periods },
    { name: 'OldestMessage', steps: oldest.steps, cooldownMs: oldest.cooldownMs, periods },
  ])
})

test('the simulated targets of KEDA are those of the Helm chart', () => {
  const values: unknown = parse(read('infra/helm/values.yaml'))
  const { filesPerWorker, ageSeconds, pollingMs, stabilizationMs, removeEveryMs } = kedaRules
  expect(values).toMatchObject({ keda: { filesPerWorker, ageSeconds } })
  const scaler = read('infra/helm/templates/worker-scaler.yaml')
  expect(scaler).toContain(`pollingInterval: ${pollingMs / 1_000}`)
  expect(scaler).toContain(`stabilizationWindowSeconds: ${stabilizationMs / 1_000}`)
  expect(scaler).toContain(`policies: [{ type: Pods, value: 1, periodSeconds: ${removeEveryMs / 1_000} }]`)
})

test.each([
  [0, -1],
  [200, -1],
  [201, 0],
  [4_999, 0],
  [5_000, 1],
  [50_000, 3],
])('with %i files waiting per worker, ECS changes their number by %i', (waiting, change) => {
  expect(stepOf(waiting, ecsRules.backlog.steps)).toBe(change)
})

test.each([
  [{ waiting: 0, oldestSeconds: 0, workers: 3 }, 0],
  [{ waiting: 5_001, oldestSeconds: 0, workers: 1 }, 1],
  [{ waiting: 20_001, oldestSeconds: 0, workers: 1 }, 5],
  [{ waiting: 10, oldestSeconds: 1_000, workers: 2 }, 4],
])('for %o, KEDA wants %i workers', (observed, wanted) => {
  expect(wantedByKeda(observed)).toBe(wanted)
})

test('Kubernetes adds four workers at once, or doubles them', () => {
  expect([1, 4, 10].map(addedAtMost)).toEqual([5, 8, 20])
})
