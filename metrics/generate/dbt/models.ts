import type { DictionaryColumn, DictionaryTable } from '@aftercall/warehouse/schema/dictionary'
import { keyExpression, viewShapes } from '../../../services/cli/src/dictionary/view-shapes.ts'
import { type Aggregate, isAggregate, isRatio, type Metric, type Ratio, termsOf } from '../metric.ts'

/** `models:` and `metrics:` of the package, in MetricFlow's current spec. */
export function dbtModels(views: readonly DictionaryTable[], metrics: readonly Metric[]): object {
  const all = new Map(metrics.map((metric) => [metric.name, metric]))
  const ratios = metrics.filter(isRatio).map((ratio) => ({ ratio, view: onlyViewOf(ratio, all) }))
  return {
    models: views.map((view) => modelOf(view, metrics, ratios)),
    metrics: ratios.filter(({ view }) => view === null).map(({ ratio }) => ratioOf(ratio)),
    saved_queries: savedQueries,
  }
}

type PlacedRatio = { ratio: Ratio; view: string | null }

/** MetricFlow wants a metric below the model that it needs, and one that needs several at the top. */
function onlyViewOf(ratio: Ratio, all: ReadonlyMap<string, Metric>): string | null {
  const terms = [...termsOf(ratio.numerator), ...termsOf(ratio.denominator)].map((name) => all.get(name))
  const views = new Set(terms.map((term) => (term !== undefined && isAggregate(term) ? term.view : '')))
  return views.size === 1 ? ([...views][0] ?? null) : null
}

export const modelName = (view: string): string => `aftercall_${view}`

function modelOf(view: DictionaryTable, metrics: readonly Metric[], ratios: readonly PlacedRatio[]): object {
  const { name, meaning, columns } = view
  const entity = viewShapes[name]?.entity ?? null
  const own = [
    ...metrics
      .filter(isAggregate)
      .filter((metric) => metric.view === name)
      .map(simpleOf),
    ...ratios.filter((placed) => placed.view === name).map(({ ratio }) => ratioOf(ratio)),
  ]
  return {
    name: modelName(name),
    ...(meaning === null ? {} : { description: meaning }),
    ...(name === 'calendar' ? { time_spine: { standard_granularity_column: 'local_day' } } : {}),
    ...(entity === null ? {} : semanticsOf(name, entity, columns)),
    columns: columns.map((column) => ({
      name: column.name,
      ...(column.meaning === null ? {} : { description: column.meaning }),
      ...(name === 'calendar' && column.name === 'local_day' ? { granularity: 'day' } : {}),
      ...(entity === null ? {} : roleOf(name, column)),
    })),
    ...(own.length === 0 ? {} : { metrics: own }),
  }
}

const entities: Readonly<Record<string, readonly string[]>> = {
  session: ['source', 'channel', 'session_id'],
  queue: ['source', 'menu_path_id'],
  virtual_agent: ['source', 'virtual_agent_id'],
}

function semanticsOf(view: string, entity: string, columns: readonly DictionaryColumn[]): object {
  const has = (names: readonly string[]): boolean =>
    names.every((name) => columns.some((column) => column.name === name))
  const primary = { name: entity, type: 'primary', expr: keyExpression(viewShapes[view]?.grain ?? []) }
  const foreign = Object.entries(entities)
    .filter(([name, key]) => name !== entity && has(key))
    .map(([name, key]) => ({ name, type: 'foreign', expr: keyExpression(key) }))
  return {
    semantic_model: { enabled: true, name: view },
    ...(has(['local_day']) ? { agg_time_dimension: 'local_day' } : {}),
    derived_semantics: { entities: [...(view === 'agent' ? [] : [primary]), ...foreign] },
  }
}

/** What a column is for MetricFlow: the day, the agent, or something to group by. */
function roleOf(view: string, { name, type }: DictionaryColumn): object {
  if (name === 'local_day') return { granularity: 'day', dimension: { type: 'time' } }
  if (name === 'agent_key')
    return { entity: { type: view === 'agent' ? 'primary' : 'foreign', name: 'agent' } }
  if (type === 'text' || type === 'boolean' || name === 'weekday')
    return { dimension: { type: 'categorical' } }
  return {}
}

function simpleOf(metric: Aggregate): object {
  return { ...base(metric), type: 'simple', ...aggregationOf(metric) }
}

function aggregationOf(metric: Aggregate): object {
  const { where } = metric
  if ('count' in metric)
    return {
      agg: 'sum',
      expr: where === undefined ? '1' : `case when ${where} then 1 else 0 end`,
      fill_nulls_with: 0,
    }
  if ('sum' in metric)
    return {
      agg: 'sum',
      expr: where === undefined ? metric.sum : `case when ${where} then ${metric.sum} else 0 end`,
      fill_nulls_with: 0,
    }
  const only = (expr: string): string => (where === undefined ? expr : `case when ${where} then ${expr} end`)
  if ('average' in metric) return { agg: 'average', expr: only(metric.average) }
  if ('max' in metric) return { agg: 'max', expr: only(metric.max) }
  return {
    agg: 'percentile',
    expr: only(metric.of),
    percentile: metric.percentile,
    percentile_type: 'continuous',
  }
}

function ratioOf(ratio: Ratio): object {
  const above = termsOf(ratio.numerator)
  const below = termsOf(ratio.denominator)
  if (above.length === 1 && below.length === 1)
    return { ...base(ratio), type: 'ratio', numerator: above[0], denominator: below[0] }
  return {
    ...base(ratio),
    type: 'derived',
    expr: `(${above.join(' + ')})::numeric / nullif(${below.join(' + ')}, 0)`,
    input_metrics: [...new Set([...above, ...below])].map((name) => ({ name })),
  }
}

function base({ name, label, definition, unit, source }: Metric): object {
  return { name, label, description: definition, config: { meta: { unit, vendor_source: source } } }
}

const byDay = "TimeDimension('metric_time', 'day')"

const savedQueries = [
  {
    name: 'queues_by_day',
    description: 'How each queue did, day by day.',
    query_params: {
      metrics: ['queue_interactions', 'answered', 'queue_abandons', 'service_level', 'asa', 'abandon_rate'],
      group_by: [byDay, "Dimension('queue_entry__source')", "Dimension('queue_entry__menu_path')"],
    },
  },
  {
    name: 'handling_by_day',
    description: 'How long interactions took, day by day.',
    query_params: {
      metrics: ['handled', 'aht', 'average_talk_time', 'average_hold_time', 'average_wrap_up_time'],
      group_by: [
        byDay,
        "Dimension('handled_interaction__channel')",
        "Dimension('handled_interaction__menu_path')",
      ],
    },
  },
  {
    name: 'satisfaction_by_day',
    description: 'What end users said, day by day.',
    query_params: {
      metrics: ['sessions_rated', 'csat_mean', 'csat_top2', 'survey_response_rate'],
      group_by: [byDay, "Dimension('session__source')", "Dimension('session__channel')"],
    },
  },
]
