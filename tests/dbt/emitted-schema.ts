import { z } from 'zod'

/**
 * The parts of dbt's property files that the package uses, and nothing else: a key in another place is an error, because dbt
 * rejects it, too. `npm run check-dbt` compares the same files with dbt's own JSON schema.
 */
const name = z.string().regex(/^[a-z][a-z0-9_]*$/)
const text = z.string().min(1)
const meta = z.record(name, z.union([z.string(), z.boolean()]))

const dataTest = z.union([
  z.enum(['not_null', 'unique']),
  z.strictObject({ unique: z.strictObject({ arguments: z.strictObject({ column_name: text }) }) }),
  z.strictObject({
    accepted_values: z.strictObject({
      arguments: z.strictObject({ values: z.array(text).min(1) }),
      config: z.strictObject({ severity: z.literal('warn') }).optional(),
    }),
  }),
  z.strictObject({
    relationships: z.strictObject({ arguments: z.strictObject({ to: text, field: name }) }),
  }),
])

const period = z.strictObject({ count: z.int().positive(), period: z.enum(['minute', 'hour', 'day']) })
const sourceTable = z.strictObject({
  name,
  description: text,
  config: z
    .strictObject({
      freshness: z.strictObject({ warn_after: period, error_after: period }),
      loaded_at_field: name,
    })
    .optional(),
  data_tests: z.array(dataTest).min(1).optional(),
  columns: z
    .array(
      z.strictObject({
        name,
        description: text,
        data_type: text,
        config: z.strictObject({ meta }),
        data_tests: z.array(dataTest).min(1).optional(),
      }),
    )
    .min(1),
})

export const sourcesFile = z.strictObject({
  version: z.literal(2),
  sources: z.array(
    z.strictObject({ name, schema: name, description: text, tables: z.array(sourceTable).min(1) }),
  ),
})

const described = { name, label: text, description: text, config: z.strictObject({ meta }) }
const simple = z.strictObject({
  ...described,
  type: z.literal('simple'),
  agg: z.enum(['sum', 'average', 'max', 'percentile']),
  expr: text,
  fill_nulls_with: z.literal(0).optional(),
  percentile: z.number().gt(0).lt(1).optional(),
  percentile_type: z.literal('continuous').optional(),
})
const ratio = z.strictObject({ ...described, type: z.literal('ratio'), numerator: name, denominator: name })
const derived = z.strictObject({
  ...described,
  type: z.literal('derived'),
  expr: text,
  input_metrics: z.array(z.strictObject({ name })).min(2),
})

const entity = z.strictObject({ name, type: z.enum(['primary', 'foreign']), expr: text })
const model = z.strictObject({
  name,
  description: text,
  time_spine: z.strictObject({ standard_granularity_column: name }).optional(),
  semantic_model: z.strictObject({ enabled: z.literal(true), name }).optional(),
  agg_time_dimension: name.optional(),
  derived_semantics: z.strictObject({ entities: z.array(entity) }).optional(),
  columns: z.array(
    z.strictObject({
      name,
      description: text,
      granularity: z.literal('day').optional(),
      dimension: z.strictObject({ type: z.enum(['categorical', 'time']) }).optional(),
      entity: z.strictObject({ type: z.enum(['primary', 'foreign']), name }).optional(),
    }),
  ),
  metrics: z
    .array(z.union([simple, ratio, derived]))
    .min(1)
    .optional(),
})

export const modelsFile = z.strictObject({
  version: z.literal(2),
  models: z.array(model),
  /** Simple metrics stand below their models only. */
  metrics: z.array(z.union([ratio, derived])),
  saved_queries: z.array(
    z.strictObject({
      name,
      description: text,
      query_params: z.strictObject({ metrics: z.array(name).min(1), group_by: z.array(text).min(1) }),
    }),
  ),
})
