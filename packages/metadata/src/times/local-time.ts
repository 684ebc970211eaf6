import { instantOf, type Moment, platformOffsetMinutes, type TimeReader } from './times.ts'

/**
 * The instant as the tenant's clock showed it, in the same form as an instant. At the ends of the calendar, where the clock
 * has no such time, the instant itself.
 */
export function localMoment(moment: Moment, offsetMinutes: number): Moment {
  if (typeof moment === 'number') return moment + offsetMinutes * 60_000_000
  const millis = Date.parse(`${moment.slice(0, 23)}Z`)
  const local = instantOf(new Date(millis + offsetMinutes * 60_000))
  return local === undefined ? moment : `${local.slice(0, 23)}${moment.slice(23)}`
}

/**
 * The offset that a time was written with, in minutes east of UTC. Undefined for a time in UTC (`Z`), which says nothing
 * about the tenant's clock: some times of a document are in UTC where the others have an offset (contract, a.3).
 */
export function ownOffsetMinutes(text: string, readTime: TimeReader): number | undefined {
  const offset = platformOffsetMinutes(text)
  if (offset !== undefined && !text.endsWith('Z')) return offset
  if (/(?:z|utc)\s*$/i.test(text)) return undefined
  return readTime(text)?.utcOffsetMinutes
}
