/** How much time there is, and what the parts that need something are given. */
export type ComparisonOptions = {
  /** At most a minute for everything. */
  quick: boolean
  /** A database that is filled already, for `stored`. */
  databaseUrl: string | undefined
  /** Whether S3 and SQS are reached over TLS, for `files-per-second` and `base`. */
  tls: boolean
  /** Other checkouts, for `base`. */
  baseFolders: readonly string[]
  print(line: string): void
}

/** What a comparison found: kept as JSON, and its last lines are printed once all are done. */
export type Found = { name: string; figures: unknown; lastLines: string[] }

export type Comparison = { name: string; about: string; run(options: ComparisonOptions): Promise<Found> }
