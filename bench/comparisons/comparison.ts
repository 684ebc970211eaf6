import type { Measured } from '../goals.ts'

/** Options for all comparisons. */
export type ComparisonOptions = {
  /** Spend at most a minute on everything. */
  quick: boolean
  /** A full database, for `stored`, `queries`, `analytics` and `rollups`. */
  databaseUrl: string | undefined
  /** How many sessions `analytics` and `rollups` fill their database with. */
  sessions: number
  /** Over how many periods of four weeks. */
  periods: number
  /** Whether S3 and SQS are reached over TLS. */
  tls: boolean
  /** The folder with the programs of another Postgres than the embedded one. */
  postgresBin: string | undefined
  /** Other checkouts, for `base`. */
  baseFolders: readonly string[]
  print(line: string): void
}

/** The results of a comparison, saved as JSON, and what it says about the goals. */
export type Found = { name: string; figures: unknown; measured?: Measured }

export type Comparison = { name: string; about: string; run(options: ComparisonOptions): Promise<Found> }
