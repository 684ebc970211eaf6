const form = /^([1-9]\d{0,5})(s|m|h|d)$/

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** `30s`, `5m`, `24h` or `7d`. */
export function isDuration(text: string): boolean {
  return form.test(text)
}

/** The seconds of a valid duration. */
export function secondsOf(duration: string): number {
  const [, count, unit] = form.exec(duration) ?? []
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') {
    throw new RangeError(`${duration} is not a duration such as 5m`)
  }
  return Number(count) * unitSeconds[unit]
}
