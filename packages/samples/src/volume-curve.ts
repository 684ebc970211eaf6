import { localClock, localMidnight, localTimeText, offsetMinutesAt } from './local-time.ts'
import { fork, integer, type Random, randomFrom, unit } from './random.ts'

/** Share of a day's volume by local hour: quiet nights, a peak before noon, and a smaller one after it. */
const hourWeights = [
  0.5, 0.3, 0.25, 0.25, 0.35, 0.7, 1.6, 3.4, 6.2, 8.6, 9.4, 9.2, 7.8, 8.0, 8.2, 7.6, 6.8, 5.6, 4.4, 3.6, 2.9,
  2.1, 1.4, 0.9,
]
/** Sunday first. */
const weekdayWeights = [0.35, 1.25, 1.1, 1.0, 1.0, 1.05, 0.5]
/** Bills and salaries: on the last two days of a month and the first of the next one. */
const monthEndWeight = 1.35
/** No two Mondays are the same. */
const noiseOfDay = 0.1
const noiseOfHour = 0.15
const hourSeconds = 3600
const daySeconds = 86_400

/** When sessions begin: one weight per hour of the range. All instants are epoch seconds. */
export type VolumeCurve = {
  startsAt: number
  /** The last hour of the range may be a part of one. */
  endsAt: number
  cumulative: Float64Array
  /** Instants within the range at which the local offset changes. */
  transitions: readonly number[]
}

/** The curve of one time zone from local midnight of `startAt` on. Its size depends on the days, not the sessions. */
export function volumeCurve(timeZone: string, startAt: string, days: number): VolumeCurve {
  const startsAt = localMidnight(timeZone, startAt)
  return curveBetween(timeZone, startsAt, startsAt + days * daySeconds)
}

/** The curve up to an instant, from local midnight that many days before it on. */
export function volumeCurveUntil(timeZone: string, until: number, days: number): VolumeCurve {
  const firstDay = localTimeText(timeZone, until - days * daySeconds).slice(0, 10)
  return curveBetween(timeZone, localMidnight(timeZone, firstDay), until)
}

/** An instant on the curve. */
export function drawInstant(random: Random, curve: VolumeCurve): number {
  const hour = hourAtShare(curve, unit(random))
  return beginOf(curve, hour) + integer(random, 0, lengthOf(curve, hour) - 1)
}

/** The instant before which this share of the volume begins. Ascends with the share. */
export function instantAtShare(curve: VolumeCurve, share: number): number {
  const hour = hourAtShare(curve, share)
  const before = curve.cumulative[hour - 1] ?? 0
  const part = (share * totalOf(curve) - before) / ((curve.cumulative[hour] ?? 0) - before)
  const length = lengthOf(curve, hour)
  return beginOf(curve, hour) + Math.min(length - 1, Math.floor(part * length))
}

/** The share of the volume that begins before an instant: 0 before the range, 1 after it. */
export function shareBefore(curve: VolumeCurve, at: number): number {
  if (at <= curve.startsAt) return 0
  if (at >= curve.endsAt) return 1
  const hour = Math.floor((at - curve.startsAt) / hourSeconds)
  const before = curve.cumulative[hour - 1] ?? 0
  const part = (at - beginOf(curve, hour)) / lengthOf(curve, hour)
  return (before + part * ((curve.cumulative[hour] ?? 0) - before)) / totalOf(curve)
}

function curveBetween(timeZone: string, startsAt: number, endsAt: number): VolumeCurve {
  const cumulative = new Float64Array(Math.ceil((endsAt - startsAt) / hourSeconds))
  let total = 0
  for (let hour = 0; hour < cumulative.length; hour++) {
    const at = startsAt + hour * hourSeconds
    total += (weightOf(timeZone, at) * Math.min(hourSeconds, endsAt - at)) / hourSeconds
    cumulative[hour] = total
  }
  return { startsAt, endsAt, cumulative, transitions: findTransitions(timeZone, startsAt, endsAt) }
}

// The noise belongs to the hour itself, so that two curves agree where they overlap.
function weightOf(timeZone: string, at: number): number {
  const { hour, weekday } = localClock(timeZone, at)
  const noise = fork(randomFrom(timeZone), 'volume')
  const ofDay = noisy(fork(noise, localTimeText(timeZone, at).slice(0, 10)), noiseOfDay)
  const ofHour = noisy(fork(noise, at), noiseOfHour)
  const ofMonth = isMonthEnd(timeZone, at) ? monthEndWeight : 1
  return (hourWeights[hour] ?? 0) * (weekdayWeights[weekday] ?? 0) * ofMonth * ofDay * ofHour
}

function noisy(random: Random, size: number): number {
  return 1 + size * (2 * unit(random) - 1)
}

function isMonthEnd(timeZone: string, at: number): boolean {
  const dayOfMonth = (days: number) => Number(localTimeText(timeZone, at + days * daySeconds).slice(8, 10))
  return dayOfMonth(0) === 1 || dayOfMonth(2) < dayOfMonth(0)
}

function hourAtShare(curve: VolumeCurve, share: number): number {
  const hours = curve.cumulative
  const wanted = share * totalOf(curve)
  let low = 0
  let high = hours.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((hours[middle] ?? 0) <= wanted) low = middle + 1
    else high = middle
  }
  return low
}

function beginOf(curve: VolumeCurve, hour: number): number {
  return curve.startsAt + hour * hourSeconds
}

function lengthOf(curve: VolumeCurve, hour: number): number {
  return Math.min(hourSeconds, curve.endsAt - beginOf(curve, hour))
}

function totalOf(curve: VolumeCurve): number {
  return curve.cumulative.at(-1) ?? 0
}

function findTransitions(timeZone: string, startsAt: number, endsAt: number): number[] {
  const transitions: number[] = []
  for (let begin = startsAt; begin < endsAt; begin += daySeconds) {
    const end = Math.min(begin + daySeconds, endsAt)
    if (offsetMinutesAt(timeZone, begin) === offsetMinutesAt(timeZone, end)) continue
    transitions.push(bisect(timeZone, begin, end))
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
