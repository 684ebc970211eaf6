import { formatNumber, formatShare } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { CompletenessDay, DaysAnswer } from '@aftercall/warehouse/console/days'
import { html, type View } from './html.ts'
import { sessionsPath } from './page-paths.ts'
import type { Tone } from './tone.ts'

const dayMs = 86_400_000
/** With more days there is no room for numbers in the cells. */
const denseDays = 92
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
/** A larger missing share needs attention. A little more than usual occurs every other day. */
const badShare = 0.05
const warnShare = 0.01

/** One source: a column for each week, a row for each weekday. */
export function DayCalendar({ source, answer }: { source: string; answer: DaysAnswer }): View {
  const isDense = addDays(answer.from, denseDays) <= answer.to
  const found = new Map(answer.days.filter((one) => one.source === source).map((one) => [one.day, one]))
  const weeks = weeksBetween(answer.from, answer.to)
  return html`
    <section class="card">
      <h2>${source}</h2>
      <p class="note">${summarise([...found.values()])}</p>
      <table class=${isDense ? 'calendar dense' : 'calendar'}>
        <caption class="unseen">${`Sessions of ${source} by day; columns are weeks`}</caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">Weekday</span></th>
            ${weeks.map((monday, index) => html`<${WeekHead} monday=${monday} before=${weeks[index - 1]} />`)}
          </tr>
        </thead>
        <tbody>
          ${weekdays.map(
            (weekday, index) => html`
              <tr>
                <th scope="row">${weekday}</th>
                ${weeks.map((monday) => {
                  const day = addDays(monday, index)
                  return day < answer.from || day > answer.to
                    ? html`<td class="outside"></td>`
                    : html`<${DayCell} day=${day} found=${found.get(day)} isFinal=${day < addDays(answer.to, -1)} isDense=${isDense} />`
                })}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </section>
  `
}

/** The month is above its first week; there is no room for more. */
function WeekHead({ monday, before }: { monday: string; before: string | undefined }): View {
  const month = new Date(monday).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })
  const isFirst = before === undefined || before.slice(0, 7) !== monday.slice(0, 7)
  return html`<th scope="col"><span class="unseen">week of ${monday}</span><span aria-hidden="true">${isFirst ? month : ''}</span></th>`
}

type DayCellProps = { day: string; found: CompletenessDay | undefined; isFinal: boolean; isDense: boolean }

function DayCell({ day, found, isFinal, isDense }: DayCellProps): View {
  if (found === undefined) {
    const words = `${day}: no sessions`
    return html`<td class="plain" title=${words}>${isDense ? html`<span class="unseen">${words}</span>` : html`<span>${day.slice(8)}<b>·</b></span>`}</td>`
  }
  const { tone, sign } = judgeDay(found, isFinal)
  const words = isFinal ? formatDay(found) : `${formatDay(found)}, not final yet`
  return html`
    <td class=${tone} title=${words}>
      <a class="day-link" href=${sessionsPath({ source: found.source, day })}>
        ${isDense ? null : html`<span>${day.slice(8)}<b aria-hidden="true">${sign}</b></span>`}<span class="unseen">${words}</span>
      </a>
    </td>
  `
}

function judgeDay(
  { implausibleMissingIds, completeness }: CompletenessDay,
  isFinal: boolean,
): { tone: Tone; sign: string } {
  if (implausibleMissingIds === null) return { tone: 'plain', sign: '?' }
  const missing = 1 - completeness
  if (missing < warnShare) return isFinal ? { tone: 'good', sign: '✓' } : { tone: 'plain', sign: '…' }
  return { tone: missing < badShare ? 'warn' : 'bad', sign: `${Math.round(missing * 100)}%` }
}

function formatDay({ day, sessions, missingIds, implausibleMissingIds }: CompletenessDay): string {
  const beyond =
    implausibleMissingIds === null
      ? 'nothing to compare with yet'
      : `${formatNumber(implausibleMissingIds)} more than usual`
  return `${day}: ${formatCount(sessions, 'session')}, ${formatCount(missingIds, 'id')} missing, ${beyond}`
}

function summarise(days: readonly CompletenessDay[]): string {
  const sessions = sumSessions(days)
  if (sessions === 0) return 'no sessions'
  const judged = days.filter((day) => day.implausibleMissingIds !== null)
  if (judged.length === 0) return `${formatCount(sessions, 'session')}, nothing to compare with yet`
  const found = sumSessions(judged)
  const missing = judged.reduce((sum, day) => sum + (day.implausibleMissingIds ?? 0), 0)
  return `${formatCount(sessions, 'session')}, ${formatShare(found / (found + missing))} complete`
}

function sumSessions(days: readonly CompletenessDay[]): number {
  return days.reduce((sum, day) => sum + day.sessions, 0)
}

/** The Mondays of all weeks that contain one of the days. */
function weeksBetween(from: string, to: string): string[] {
  const first = addDays(from, -((new Date(from).getUTCDay() + 6) % 7))
  const weeks = []
  for (let monday = first; monday <= to; monday = addDays(monday, 7)) weeks.push(monday)
  return weeks
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}
