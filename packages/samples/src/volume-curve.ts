import { localClock, localMidnight, offsetMinutesAt } from './local-time.ts'
import { integer, type Random, unit } from './random.ts'

/** Share of a day's volume by local hour: quiet nights, a peak before noon, and a smaller one after it. */
const hourWeights = [
  0.5, 0.3, 0.25, 0.25, 0.35, 0.7, 1.6, 3.4, 6.2, 8.6, 9.4, 9.2, 7.8, 8.0, 8.2, 7.6, 6.8, 5.6, 4.4, 3.6, 2.9,
  2.1, 1.4, 0.9,
]
/** Sunday first. */
const weekdayWeights = [0.35, 1.25, 1.1, 1.0, 1.0, 1.05, 0.5]
const hourSeconds = 3600
const daySeconds = 86_400

/** When sessions begin: one weight per hour of the range. */
export type VolumeCurve = {
  startsAt: number
  cumulative: Float64Array
  /** Instants within the range at which the local offset changes. */
  transitions: readonly number[]
}

/** The curve of one time zone from local midnight of `startAt` on. Its size depends on the days, not the sessions. */
export function volumeCurve(timeZone: string, startAt: string, days: number): VolumeCurve {
  const startsAt = localMidnight(timeZone, startAt)
  const cumulative = new Float64Array(days * 24)
  let total = 0
  for (let hour = 0; hour < cumulative.length; hour++) {
    const clock = localClock(timeZone, startsAt + hour * hourSeconds)
    total += (hourWeights[clock.hour] ?? 0) * (weekdayWeights[clock.weekday] ?? 0)
    cumulative[hour] = total
  }
  return { startsAt, cumulative, transitions: findTransitions(timeZone, startsAt, days) }
}

/** An instant on the curve, in epoch seconds. */
export function drawInstant(random: Random, curve: VolumeCurve): number {
  const hours = curve.cumulative
  const wanted = unit(random) * (hours.at(-1) ?? 0)
  let low = 0
  let high = hours.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((hours[middle] ?? 0) <= wanted) low = middle + 1
    else high = middle
  }
  return curve.startsAt + low * hourSeconds + integer(random, 0, hourSeconds - 1)
}

function findTransitions(timeZone: string, startsAt: number, days: number): number[] {
  const transitions: number[] = []
  for (let day = 0; day < days; day++) {
    const begin = startsAt + day * daySeconds
    if (offsetMinutesAt(timeZone, begin) === offsetMinutesAt(timeZone, begin + daySeconds)) continue
    transitions.push(bisect(timeZone, begin, begin + daySeconds))
  }
  return transitions
}

function bisect(timeZone: string, begin: number, end: number): number {
  const before = offsetMinutesAt(timeZone, begin)
  let low = begin
  let high = end
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMinutesAt(timeZone, middle) === before) low = middle
    else high = middle
  }
  return high
}
