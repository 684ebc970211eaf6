/** What `aftercall init` has to know. Each value is checked when it is read. */
export type InitAnswers = {
  /** The name of the source: it stands in every table. */
  source: string
  bucket: string
  /** Empty for the whole bucket. */
  prefix: string
  /** Of the bucket, and so of the queue: S3 announces files only to a queue in its own Region. */
  region: string
  /** Undefined leaves it out. */
  timeZone: string | undefined
  database: DatabasePlace
  /** The administrator of the database server, who makes the logins. */
  admin: string
}

/** The options as typed: the names of `InitAnswers`, each a text. */
export type TypedAnswers = Partial<Record<keyof InitAnswers, string>>

/** An answer that was read, or what is wrong with it. */
export type Read<Value> = { value: Value } | { problem: string }

export type DatabasePlace = { host: string; port: number; name: string }

/** The name of queue and policy, and of the rule in the bucket. Its dead-letter queue ends with `-dead-letters`. */
export function resourceName({ source }: Pick<InitAnswers, 'source'>): string {
  return `aftercall-${source}`
}
