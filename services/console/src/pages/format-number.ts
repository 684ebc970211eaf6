import { counted } from '@aftercall/warehouse/console/tell-amount'

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** 1.23M, where room is short and the whole number stands elsewhere. */
export function formatShort(number: number): string {
  return short.format(number)
}

/** 12.3 %; never 100 % for less than all, and never 0 % for something. */
export function formatShare(share: number): string {
  if (share <= 0) return '0 %'
  if (share >= 1) return '100 %'
  if (share < 0.001) return 'under 0.1 %'
  return `${Math.min(99.9, Math.round(share * 1_000) / 10)} %`
}

/** 840 ms, 2.1 s, 14 min, 3 h 5 min, 2 d 4 h. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return joined(hours, 'h', minutes % 60, 'min')
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** 512 bytes, 14.2 kB, 3.4 MB: powers of ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, 'byte')
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function joined(most: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${most} ${unit}` : `${most} ${unit} ${rest} ${restUnit}`
}
