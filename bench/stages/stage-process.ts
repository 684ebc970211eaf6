import type { Load } from '../mix/mix.ts'
import { copyRows } from './copy-rows.ts'
import { getOnly } from './get-only.ts'
import { mapOnly, parseOnly } from './parse-only.ts'
import type { Measured, Stage } from './stage.ts'
import { upsertRows } from './upsert-rows.ts'

/** One process for all stages, so that it is as warm as a worker that has run for days. It gets its work over IPC. */
export type StageOrder = { name: StageName; load: Load; databaseUrl: string }
export type StageName = keyof typeof stages

const stages = {
  'GET and sign only': getOnly,
  'JSON.parse only': parseOnly,
  'parse and map only': mapOnly,
  'COPY of ready rows': copyRows,
  'upsert of ready rows': upsertRows,
} satisfies Record<string, Stage>

process.on('message', (order: StageOrder) => {
  void stages[order.name](order, order.load).then((measured: Measured) => process.send?.(measured))
})
process.once('disconnect', () => process.exit(0))
