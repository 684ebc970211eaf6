import type { Load } from '../mix/mix.ts'
import type { Ceiling, Measured } from './ceiling.ts'
import { copyRows } from './copy-rows.ts'
import { getOnly } from './get-only.ts'
import { mapOnly, parseOnly } from './parse-only.ts'
import { upsertRows } from './upsert-rows.ts'

/** One process for all ceilings, so that it is as warm as a worker that has run for days. It gets its work over IPC. */
export type CeilingOrder = { name: CeilingName; load: Load; databaseUrl: string }
export type CeilingName = keyof typeof ceilings

const ceilings = {
  'GET and sign only': getOnly,
  'JSON.parse only': parseOnly,
  'parse and map only': mapOnly,
  'COPY of ready rows': copyRows,
  'upsert of ready rows': upsertRows,
} satisfies Record<string, Ceiling>

process.on('message', (order: CeilingOrder) => {
  void ceilings[order.name](order, order.load).then((measured: Measured) => process.send?.(measured))
})
process.once('disconnect', () => process.exit(0))
