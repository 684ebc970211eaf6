import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const name = z.string().regex(/^[a-z_0-9]+$/)
const chartSchema = z.strictObject({
  title: z.string(),
  dataset: name,
  draw: z.enum(['line', 'bar', 'table']),
  metrics: z.array(name).min(1),
  by: z.array(name),
})
const modelSchema = z.strictObject({
  datasets: z.record(
    name,
    z.strictObject({ dimensions: z.array(name).min(1), metrics: z.record(name, z.string()) }),
  ),
  boards: z.array(z.strictObject({ title: z.string(), charts: z.array(chartSchema).min(1) })),
})

export type SupersetModel = z.infer<typeof modelSchema>
export type SupersetChart = z.infer<typeof chartSchema>

/** `boards/superset.yaml`. @throws Error if a chart names a dataset, a metric or a dimension that is not there. */
export async function readSupersetModel(
  file = new URL('../superset.yaml', import.meta.url),
): Promise<SupersetModel> {
  const parsed = modelSchema.safeParse(parse(await readFile(file, 'utf8')))
  if (!parsed.success) throw new Error(`boards/superset.yaml: ${parsed.error.message}`)
  const { datasets, boards } = parsed.data
  for (const { title, dataset, metrics, by } of boards.flatMap(({ charts }) => charts)) {
    const known = datasets[dataset]
    const missing = [
      ...metrics.filter((metric) => known?.metrics[metric] === undefined),
      ...by.filter((dimension) => !known?.dimensions.includes(dimension)),
    ]
    if (known === undefined || missing.length > 0) {
      throw new Error(
        `boards/superset.yaml: ${title} uses ${missing.join(', ') || dataset}, which ${dataset} has not`,
      )
    }
  }
  return parsed.data
}
