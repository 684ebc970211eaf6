import {
  type Aggregate,
  isAggregate,
  isRatio,
  type Metric,
  type Parameterized,
  type Ratio,
  termsOf,
} from './metric.ts'

export type MetricSql = {
  /** The view that the numerator reads, and the denominator too unless it names another. Null of a function. */
  view: string | null
  denominatorView: string | null
  /** An aggregate over the rows of the view. */
  numerator: string | null
  denominator: string | null
  /** A whole query for all rows, ready to be narrowed. */
  query: string
}

/** The SQL of a metric over the views of the schema analytics. */
export function metricSql(metric: Metric, all: ReadonlyMap<string, Metric>): MetricSql {
  if (isAggregate(metric)) {
    const aggregate = aggregateSql(metric)
    const { view } = metric
    const query = `select ${aggregate} from analytics.${view}`
    const parts = 'average' in metric ? averageParts(metric) : { numerator: aggregate, denominator: null }
    return { view, denominatorView: parts.denominator === null ? null : view, ...parts, query }
  }
  return isRatio(metric) ? ratioSql(metric, all) : parameterizedSql(metric)
}

/** What a mean divides. A row whose value is unknown counts on neither side. */
function averageParts({
  average,
  where,
}: Aggregate & { average: string }): Pick<MetricSql, 'numerator' | 'denominator'> {
  const filter = filterOf(where)
  return { numerator: `coalesce(sum(${average})${filter}, 0)`, denominator: `count(${average})${filter}` }
}

function filterOf(where: string | undefined): string {
  return where === undefined ? '' : ` filter (where ${where})`
}

/** `coalesce(sum(answered) filter (where is_first), 0)`, for example. */
export function aggregateSql(metric: Aggregate): string {
  const filter = filterOf(metric.where)
  if ('count' in metric) return `count(*)${filter}`
  // A group without such rows has 0 of them, not null.
  if ('sum' in metric) return `coalesce(sum(${metric.sum})${filter}, 0)`
  if ('average' in metric) return `avg(${metric.average})${filter}`
  if ('max' in metric) return `max(${metric.max})${filter}`
  return `percentile_cont(${metric.percentile}) within group (order by ${metric.of})${filter}`
}

function ratioSql(ratio: Ratio, all: ReadonlyMap<string, Metric>): MetricSql {
  const above = sideSql(ratio.numerator, all)
  const below = sideSql(ratio.denominator, all)
  const isOne = above.views.length === 1 && below.views.length === 1 && above.views[0] === below.views[0]
  const query = isOne
    ? `select ${above.inOne}::numeric / nullif(${below.inOne}, 0) from analytics.${above.views[0]}`
    : `select ${above.apart}::numeric / nullif(${below.apart}, 0)`
  return {
    view: above.views.join(', '),
    denominatorView: below.views.join(', '),
    numerator: above.views.length === 1 ? above.inOne : above.apart,
    denominator: below.views.length === 1 ? below.inOne : below.apart,
    query,
  }
}

type Side = { views: string[]; inOne: string; apart: string }

function sideSql(side: Ratio['numerator'], all: ReadonlyMap<string, Metric>): Side {
  const terms = termsOf(side).map((name) => {
    const term = all.get(name)
    if (term === undefined || !isAggregate(term)) throw new Error(`${name} is no aggregate`)
    return { view: term.view, aggregate: aggregateSql(term) }
  })
  const joined = (parts: string[]): string =>
    parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' + ')})`
  return {
    views: [...new Set(terms.map(({ view }) => view))],
    inOne: joined(terms.map(({ aggregate }) => aggregate)),
    apart: joined(terms.map(({ view, aggregate }) => `(select ${aggregate} from analytics.${view})`)),
  }
}

function parameterizedSql({ query }: Parameterized): MetricSql {
  return { view: null, denominatorView: null, numerator: null, denominator: null, query }
}
