const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** `2026-03-23 17:10:00Z`: UTC, to the second. Every `--since` and Postgres read it. */
export function formatTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** The same with milliseconds, where there are any: the order of revisions depends on them. */
export function formatExactTime(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('.000Z', 'Z')
}

/** `2 min ago`. Clocks differ, so a time slightly ahead is `just now`, too. */
export function formatAgo(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (ms < -minuteMs) return `in ${formatAge(-ms)}`
  return ms < 2_000 ? 'just now' : `${formatAge(ms)} ago`
}

/** One unit, rounded down, so that the text does not change with every refresh of a page. */
function formatAge(ms: number): string {
  if (ms < 90_000) return `${Math.floor(ms / 1_000)} s`
  if (ms < 90 * minuteMs) return `${Math.floor(ms / minuteMs)} min`
  if (ms < 48 * hourMs) return `${Math.floor(ms / hourMs)} h`
  return `${Math.floor(ms / dayMs)} days`
}
