const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1,234 */
export function formatNumber(number: number): string {
  return whole.format(number)
}

/** `1 object`, `2 objects`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`
}

/** `90 minutes`, `3 hours`, `2 days`. */
export function formatSpan(minutes: number): string {
  if (minutes < 120) return counted(minutes, 'minute')
  return minutes < 2880
    ? counted(Math.floor(minutes / 60), 'hour')
    : counted(Math.floor(minutes / 1440), 'day')
}
