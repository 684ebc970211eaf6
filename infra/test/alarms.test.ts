import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { objectsPerMessage } from '../../packages/ingest/src/bulk/announce-objects.ts'
import { objectsPerBackfillMessage } from '../src/scale-workers.ts'
import { type ConfigurationName, configurations } from './configurations.ts'
import { evaluateMath, type Series } from './metric-math.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, everyTemplate, resourcesOf, templates } from './synthesised.ts'

const statSchema = z.object({
  Metric: z.object({
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  }),
  Period: z.number(),
})
const alarmSchema = z.object({
  AlarmName: z.string(),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Metrics: z
    .array(z.object({ Id: z.string(), Expression: z.string().optional(), MetricStat: statSchema.optional() }))
    .optional(),
  AlarmActions: z.array(z.unknown()).default([]),
})
type Alarm = z.output<typeof alarmSchema>

function alarmsOf(template: CfnTemplate): Map<string, Alarm> {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
    // Alarms that scaling creates are not for people.
    .filter(([, { Properties }]) => Properties.AlarmName !== undefined)
    .map(([, { Properties }]) => alarmSchema.parse(resolve(template, Properties)))
  return new Map(alarms.map((alarm) => [alarm.AlarmName, alarm]))
}

const breaks: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

/** Whether CloudWatch would be in the state ALARM after these values, one for each period. By metric, `*` for all others. */
function fires(alarm: Alarm, data: Readonly<Record<string, Series>>): boolean {
  const seriesOf = (name: string): Series => {
    const found = data[name] ?? data['*']
    if (found === undefined) throw new Error(`${alarm.AlarmName}: no values for ${name}`)
    return found
  }
  const stats = (alarm.Metrics ?? []).flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined ? [] : [[Id, seriesOf(Id)] as const],
  )
  const expression = alarm.Metrics?.find((one) => one.Expression !== undefined)?.Expression
  const series =
    expression === undefined
      ? seriesOf(alarm.MetricName ?? '')
      : evaluateMath(expression, Object.fromEntries(stats))
  const isBroken = breaks[alarm.ComparisonOperator]
  assert.ok(isBroken, alarm.ComparisonOperator)
  const last = series.slice(-alarm.EvaluationPeriods)
  assert.equal(last.length, alarm.EvaluationPeriods, `${alarm.AlarmName}: not enough values`)
  return last.every((value) =>
    value === null ? alarm.TreatMissingData === 'breaching' : isBroken(value, alarm.Threshold),
  )
}

const gib = 1024 ** 3
const long = (value: number | null): Series => Array<number | null>(6).fill(value)
type Case = { fire: Readonly<Record<string, Series>>[]; rest: Readonly<Record<string, Series>>[] }

/** What happens, and what must not wake anyone. */
const cases: Readonly<Record<string, Case>> = {
  'oldest-message': { fire: [{ '*': long(3_601) }], rest: [{ '*': long(120) }, { '*': long(null) }] },
  'dead-letters': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  'backfill-dead-letters': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  // SQS sends nothing for a queue that has been idle for hours.
  'no-data': { fire: [{ '*': long(0) }, { '*': long(null) }], rest: [{ '*': long(3) }] },
  freshness: {
    fire: [
      { sessions: long(100), within: long(80) },
      { sessions: long(100), within: long(null) },
    ],
    rest: [
      { sessions: long(100), within: long(99) },
      { sessions: long(5), within: long(0) },
      { sessions: long(null), within: long(null) },
    ],
  },
  rejections: {
    fire: [{ everything: long(100), rejected: long(11) }],
    rest: [
      { everything: long(100), rejected: long(2) },
      { everything: long(10), rejected: long(10) },
      { everything: long(100), rejected: long(null) },
      { everything: long(null), rejected: long(null) },
    ],
  },
  drift: { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  'shared-ids': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }] },
  clocks: { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }] },
  'too-few-workers': { fire: [{ '*': long(0) }, { '*': long(null) }], rest: [{ '*': long(2) }] },
  // Workers that send nothing, a dead collector, no worker: CloudWatch has no value.
  'no-metrics': { fire: [{ '*': long(null) }], rest: [{ '*': long(5) }] },
  // Five periods of six hours: one good run a day falls into one of four.
  maintenance: {
    fire: [{ '*': long(null) }, { '*': [1, null, null, null, null, null] }],
    rest: [{ '*': [null, 1, null, null, null, null] }, { '*': [null, null, null, null, null, 1] }],
  },
  'rollups-late': {
    fire: [{ '*': long(3_601) }],
    rest: [{ '*': long(20) }, { '*': [0, 0, 0, 9_000, 9_000, 0] }],
  },
  'rollups-differ': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  publisher: { fire: [{ '*': long(0) }, { '*': long(null) }], rest: [{ '*': long(1) }, { '*': long(2) }] },
  'lake-late': { fire: [{ '*': long(7_201) }], rest: [{ '*': long(900) }, { '*': long(null) }] },
  'lake-fails': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': [1, 1, 1, 1, 1, 0] }] },
  'rotation-1': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  'rotation-2': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  'rotation-3': { fire: [{ '*': long(1) }], rest: [{ '*': long(0) }, { '*': long(null) }] },
  'database-connections': { fire: [{ '*': long(151) }], rest: [{ '*': long(20) }] },
  'database-cpu': { fire: [{ '*': long(99) }], rest: [{ '*': [99, 99, 99, 99, 99, 40] }, { '*': long(30) }] },
  console: { fire: [{ '*': long(0) }, { '*': long(null) }], rest: [{ '*': long(1) }] },
}

/** A disk that fills, or a volume that grows. */
const storage: Readonly<Record<string, Case>> = {
  FreeStorageSpace: { fire: [{ '*': long(2 * gib) }], rest: [{ '*': long(90 * gib) }] },
  VolumeBytesUsed: { fire: [{ '*': long(1_025 * gib) }], rest: [{ '*': long(80 * gib) }] },
}

for (const [name, template] of everyTemplate) {
  test(`${name}: each alarm fires when what it is for happens, and is quiet otherwise`, () => {
    for (const [alarmName, alarm] of alarmsOf(template)) {
      const kind = alarmName.slice(configurations[name as ConfigurationName].name.length + 1)
      const found = kind === 'database-storage' ? storage[alarm.MetricName ?? ''] : cases[kind]
      assert.ok(found, `no case for ${alarmName}`)
      for (const data of found.fire)
        assert.ok(fires(alarm, data), `${alarmName} is silent: ${JSON.stringify(data)}`)
      for (const data of found.rest)
        assert.ok(!fires(alarm, data), `${alarmName} fires: ${JSON.stringify(data)}`)
    }
  })
}

test('the alarm for the CPU of a cluster watches its writer, not the average of writer and standby', () => {
  for (const name of ['new-bucket', 'given'] as const) {
    const alarm = [...alarmsOf(templates[name]).values()].find(
      ({ MetricName }) => MetricName === 'CPUUtilization',
    )
    assert.deepEqual(alarm?.Dimensions.find(({ Name }) => Name === 'Role')?.Value, 'WRITER', name)
  }
})

test('without a collector there is no alarm for what only it could tell, and workers are still counted', () => {
  const names = [...alarmsOf(templates.private).keys()]
  assert.deepEqual(
    names.filter((name) => /freshness|rejections|drift|shared-ids|clocks|no-metrics|rollups|lake/.test(name)),
    [],
  )
  assert.ok(names.includes('aftercall-private-too-few-workers'))
})

test('every alarm tells the topic that the deployment names', () => {
  for (const alarm of alarmsOf(templates.given).values())
    assert.deepEqual(alarm.AlarmActions, ['arn:aws:sns:eu-west-1:111122223333:oncall'])
})

test('files that a backfill has announced count as waiting work', () => {
  assert.equal(objectsPerBackfillMessage, objectsPerMessage)
  const scaling = resourcesOf(templates['new-bucket'], 'AWS::CloudWatch::Alarm')
    .flatMap(([, { Properties }]) => (Properties.Metrics as { Expression?: string }[] | undefined) ?? [])
    .flatMap(({ Expression }) => (Expression?.includes('backfill') ? [Expression] : []))
  assert.equal(scaling.length, 2)
  for (const expression of scaling) {
    const waiting = { live: [null, 100, 100], backfill: [400, null, 400], tasks: [1, 2, 2] }
    assert.deepEqual(evaluateMath(expression, waiting), [10_000, 50, 5_050])
  }
})
