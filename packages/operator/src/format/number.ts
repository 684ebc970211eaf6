// Made when they are first needed: most commands print no number.
let whole: Intl.NumberFormat | undefined
let short: Intl.NumberFormat | undefined

/** 1,234 */
export function formatNumber(number: number): string {
  whole ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  return whole.format(number)
}

/** 1.23M, for places that are narrow, beside the whole number. */
export function formatShort(number: number): string {
  short ??= new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
  return short.format(number)
}

/** 12.3 %. Only a complete share is 100 %, and only an empty one is 0 %. */
export function formatShare(share: number): string {
  if (share <= 0) return '0 %'
  if (share >= 1) return '100 %'
  if (share < 0.001) return 'under 0.1 %'
  return `${Math.min(99.9, Math.round(share * 1_000) / 10)} %`
}

/** `about 12,000` if counting ended at a bound; null means that it took too long. */
export function formatBounded(counted: { count: number; about: boolean } | null): string {
  if (counted === null) return 'took too long'
  const { count, about } = counted
  if (!about) return formatNumber(count)
  return `about ${count < 1e6 ? formatNumber(count) : formatShort(count)}`
}
