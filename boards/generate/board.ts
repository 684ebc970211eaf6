import { z } from 'zod'

/** How values are shown: shares as percent, seconds as a duration, a mean rating with two digits. */
export const units = ['share', 'seconds', 'rating'] as const
export type Unit = (typeof units)[number]

/** What narrows a board down. Each is a list of values, all of them by default. */
export const variables = ['source', 'channel', 'queue'] as const
export type Variable = (typeof variables)[number]

const panelSchema = z.strictObject({
  /** The file without `.sql`. */
  sql: z.string().regex(/^[a-z-]+$/),
  title: z.string().min(3),
  type: z.enum(['stat', 'timeseries', 'barchart', 'table']),
  /** Of a time series. */
  draw: z.enum(['lines', 'stacked-bars']).optional(),
  /** In columns of 24, and rows. */
  width: z.int().min(4).max(24),
  height: z.int().min(3).max(20),
  /** By the columns that are no plain counts. */
  units: z.record(z.string(), z.enum(units)).default({}),
})

/** `boards/NAME/board.yaml`. */
export const boardSchema = z.strictObject({
  title: z.string(),
  about: z.string(),
  /** How far it looks back at first, as Grafana writes it. */
  from: z.string().regex(/^now-\d+[hd]$/),
  variables: z.array(z.enum(variables)).min(1),
  panels: z.array(panelSchema).min(4),
})

/** A panel with its query, which has Grafana's macros, and what the query's first line says. */
export type Panel = z.infer<typeof panelSchema> & { query: string; about: string }
export type Board = Omit<z.infer<typeof boardSchema>, 'panels'> & { name: string; panels: Panel[] }
