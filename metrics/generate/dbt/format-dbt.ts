import type { Dictionary, DictionaryTable } from '@aftercall/warehouse/schema/dictionary'
import { stringify } from 'yaml'
import type { Metric } from '../metric.ts'
import { dbtModels, modelName } from './models.ts'
import { dbtSources } from './sources.ts'
import { viewShapes } from './view-shapes.ts'

const head = '# Generated from metrics/*.yaml and the comments in the database. Do not edit; run: npm run metrics\n'

/** The generated files of the dbt package, by their paths in it. */
export function formatDbt(dictionary: Dictionary, metrics: readonly Metric[]): Map<string, string> {
  const views = viewsOf(dictionary)
  const models = views.map(
    ({ name }) => [`models/${modelName(name)}.sql`, `select * from {{ source('aftercall', '${name}') }}\n`] as const,
  )
  return new Map([
    ['models/sources.yml', yamlOf(dbtSources(views))],
    ['models/models.yml', yamlOf(dbtModels(views, metrics))],
    ...models,
  ])
}

/** The views in the order of their shapes: sessions and their parts before dimensions. */
function viewsOf({ schemas }: Dictionary): DictionaryTable[] {
  const tables = schemas.find(({ name }) => name === 'analytics')?.tables ?? []
  return Object.keys(viewShapes).flatMap((name) => tables.filter((table) => table.name === name))
}

function yamlOf(content: object): string {
  return head + stringify({ version: 2, ...content }, { lineWidth: 0, aliasDuplicateObjects: false })
}
