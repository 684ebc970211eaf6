/** `days` counts those with rows: of a source, so that two sources may have two on one date. */
export type ExportedView = {
  view: string
  days: number
  rows: number
  bytes: number
  /** Days that have no rows any more, and were left as they are at the place. */
  keptDays: number
}

export type ExportReport = {
  views: ExportedView[]
  rows: number
  bytes: number
  seconds: number
  /** The most rows that were held in memory at once. */
  heldRowsMax: number
}
