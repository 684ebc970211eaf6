import { formatCount } from './plural.ts'

const units = ['kB', 'MB', 'GB', 'TB']

/** 512 bytes, 14.2 kB, 3.4 MB: powers of 1,000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatCount(Math.round(bytes), 'byte')
  let value = bytes / 1_000
  let unit = 0
  // 999.95 would be shown as 1000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
