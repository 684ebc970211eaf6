/** Options for all comparisons. */
export type ComparisonOptions = {
  /** Spend at most a minute on everything. */
  quick: boolean
  /** A full database, for `stored` and `analytics`. */
  databaseUrl: string | undefined
  /** How many sessions `analytics` fills its database with. */
  sessions: number
  /** Whether S3 and SQS are reached over TLS, for `files-per-second` and `base`. */
  tls: boolean
  /** Other checkouts, for `base`. */
  baseFolders: readonly string[]
  print(line: string): void
}

/** The results of a comparison, saved as JSON. Its last lines are printed after all comparisons. */
export type Found = { name: string; figures: unknown; lastLines: string[] }

export type Comparison = { name: string; about: string; run(options: ComparisonOptions): Promise<Found> }
