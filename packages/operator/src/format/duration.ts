import { formatCount } from './plural.ts'

/** 840 ms, 2.1 s, 14 min, 3 h 5 min, 2 d 4 h: rounded to what a person needs. For tables and figures. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return withRest(hours, 'h', minutes % 60, 'min')
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(most: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${most} ${unit}` : `${most} ${unit} ${rest} ${restUnit}`
}

/** `90 minutes`, `3 hours`, `2 days`: never more than has passed. For sentences. */
export function formatSpan(minutes: number): string {
  if (minutes < 120) return formatCount(minutes, 'minute')
  return minutes < 2_880
    ? formatCount(Math.floor(minutes / 60), 'hour')
    : formatCount(Math.floor(minutes / 1_440), 'day')
}
