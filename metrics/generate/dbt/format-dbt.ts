import type { Dictionary } from '@aftercall/warehouse/schema/dictionary'
import { stringify } from 'yaml'
import { dbtViews, formatDbtSources } from '../../../services/cli/src/dictionary/print-dbt-sources.ts'
import type { Metric } from '../metric.ts'
import { dbtModels, modelName } from './models.ts'

const head =
  '# Generated from metrics/*.yaml and the comments in the database. Do not edit; run: npm run metrics\n'

/** The generated files of the dbt package, by their paths in it. */
export function formatDbt(dictionary: Dictionary, metrics: readonly Metric[]): Map<string, string> {
  const views = dbtViews(dictionary)
  const models = { version: 2, ...dbtModels(views, metrics) }
  return new Map([
    ['models/sources.yml', formatDbtSources(dictionary)],
    ['models/models.yml', head + stringify(models, { lineWidth: 0, aliasDuplicateObjects: false })],
    ...views.map(({ name }) => [`models/${modelName(name)}.sql`, modelSql(name)] as const),
  ])
}

function modelSql(view: string): string {
  return `select * from {{ source('aftercall', '${view}') }}\n`
}
