import type { CompletenessDay, DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from './html.ts'
import { sessionsPath } from './page-paths.ts'
import type { Tone } from './tone.ts'

const dayMs = 86_400_000
/** With more days there is no room for numbers in the cells. */
const denseDays = 92
/** A larger missing share needs attention. A little more than usual occurs every other day. */
const badShare = 0.05
const warnShare = 0.01

/** One source: a column for each week, a row for each weekday. */
export function DayCalendar({ source, answer }: { source: string; answer: DaysAnswer }): View {
  const isDense = addDays(answer.from, denseDays) <= answer.to
  const found = new Map(answer.days.filter((one) => one.source === source).map((one) => [one.day, one]))
  const weeks = weeksBetween(answer.from, answer.to)
  const { days, formats } = useTexts()
  return html`
    <section class="card">
      <h2>${source}</h2>
      <p class="note">${summarise([...found.values()], days)}</p>
      <table class=${isDense ? 'calendar dense' : 'calendar'}>
        <caption class="unseen">${days.calendarCaption(source)}</caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">${days.weekday}</span></th>
            ${weeks.map((monday, index) => html`<${WeekHead} monday=${monday} before=${weeks[index - 1]} />`)}
          </tr>
        </thead>
        <tbody>
          ${formats.weekdays.map(
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
  const { days, formats } = useTexts()
  const month = formats.month(new Date(monday))
  const isFirst = before === undefined || before.slice(0, 7) !== monday.slice(0, 7)
  return html`<th scope="col"><span class="unseen">${days.weekOf(monday)}</span><span aria-hidden="true">${isFirst ? month : ''}</span></th>`
}

type DayCellProps = { day: string; found: CompletenessDay | undefined; isFinal: boolean; isDense: boolean }

function DayCell({ day, found, isFinal, isDense }: DayCellProps): View {
  const { days } = useTexts()
  if (found === undefined) {
    const words = days.noSessions(day)
    return html`<td class="plain" title=${words}>${isDense ? html`<span class="unseen">${words}</span>` : html`<span>${day.slice(8)}<b>·</b></span>`}</td>`
  }
  const { tone, sign } = judgeDay(found, isFinal)
  const { sessions, missingIds: missing, implausibleMissingIds: beyond } = found
  const words = `${days.day(day, { sessions, missing, beyond })}${isFinal ? '' : days.notFinal}`
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

function summarise(found: readonly CompletenessDay[], { sum }: Texts['days']): string {
  const judged = found.filter((day) => day.implausibleMissingIds !== null)
  if (judged.length === 0) return sum(sumSessions(found), null)
  const present = sumSessions(judged)
  const missing = judged.reduce((all, day) => all + (day.implausibleMissingIds ?? 0), 0)
  return sum(sumSessions(found), present / (present + missing))
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
