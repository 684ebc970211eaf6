import { z } from 'zod'

const name = z.string().regex(/^[a-z][a-z0-9_]*$/)
const sentence = z.string().regex(/^[A-Z].*\.$/)
const units = [
  'sessions',
  'entries',
  'interactions',
  'transfers',
  'responses',
  'points',
  'seconds',
  'consumers',
  'share',
] as const

const described = {
  name,
  label: z.string().min(1),
  unit: z.enum(units),
  definition: sentence,
  /** Where the definition comes from: sections of docs/data-contract.md, then the vendor's pages by their keys there. */
  source: z.string().min(1),
  /** Other metrics that one may take for this one, each with the difference. */
  differs_from: z.record(name, z.string().min(1)).optional(),
}

const ofView = { ...described, view: name, where: z.string().min(1).optional() }
const sumOfMetrics = z.union([name, z.array(name).min(2)])

/** What is counted, added up or measured over the rows of one view. */
export type Aggregate = z.infer<typeof aggregate>
const aggregate = z.union([
  z.strictObject({ ...ofView, count: z.literal(true) }),
  z.strictObject({ ...ofView, sum: z.string().min(1) }),
  z.strictObject({ ...ofView, average: z.string().min(1) }),
  z.strictObject({ ...ofView, max: z.string().min(1) }),
  z.strictObject({ ...ofView, percentile: z.number().gt(0).lt(1), of: z.string().min(1) }),
])

/** One aggregate, or the sum of several, divided by another. */
export type Ratio = z.infer<typeof ratio>
const ratio = z.strictObject({ ...described, numerator: sumOfMetrics, denominator: sumOfMetrics })

/** What needs a parameter, so that only a function of the schema analytics can answer. */
export type Parameterized = z.infer<typeof parameterized>
const parameterized = z.strictObject({ ...described, function: name, query: z.string().min(1) })

export type Metric = Aggregate | Ratio | Parameterized

/** A file of `metrics/`. */
export const metricFile = z.strictObject({
  metrics: z.array(z.union([aggregate, ratio, parameterized])).min(1),
})

export function isAggregate(metric: Metric): metric is Aggregate {
  return 'view' in metric
}

export function isRatio(metric: Metric): metric is Ratio {
  return 'numerator' in metric
}

/** The names above or below the line of a ratio. */
export function termsOf(side: Ratio['numerator']): string[] {
  return typeof side === 'string' ? [side] : side
}
