/** How a language writes numbers, times, and lists. */
export type Formats = {
  number(number: number): string
  /** In few characters, beside the whole number. */
  short(number: number): string
  /** 0 to 1. Only a complete share is 100 %, and only an empty one is 0 %. */
  share(share: number): string
  /** Says that it is at least this number if counting ended at a bound; null means that it took too long. */
  bounded(counted: { count: number; about: boolean } | null): string
  bytes(bytes: number): string
  duration(ms: number): string
  /** Never more than has passed. */
  span(minutes: number): string
  /** One unit, rounded down. */
  ago(at: Date, now: Date): string
  /** Three letters or fewer; of the day in UTC. */
  month(day: Date): string
  /** From Monday on. */
  weekdays: readonly string[]
  /** Between the items of a list. */
  comma: string
  /** Between the parts of a sentence. */
  clause: string
}
