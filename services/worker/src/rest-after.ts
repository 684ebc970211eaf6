/** The refresh has a tenth of the time, so that beside a bulk load it costs the database at most a tenth of a connection. */
const restsPerWork = 9

/** After a refresh of a minute or more; otherwise one slow statement would stop the refresh for hours. */
const restMaxMs = 600_000

/** How long a refresh that took `tookMs` is followed by none, in milliseconds. Source: ADR 43. */
export function restAfter(tookMs: number): number {
  return Math.min(restsPerWork * tookMs, restMaxMs)
}
