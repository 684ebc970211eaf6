import type { ClockProblem } from '@aftercall/warehouse/ledger/data-problems'
import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'
import { describeDrift, nameDrift } from '../describe-drift.ts'
import { formatNumber } from '../format/number.ts'
import { formatCount } from '../format/plural.ts'
import type { DataProblem, RejectionsProblem } from './found-problem.ts'
import type { ProblemWords } from './problem.ts'

export function wordDataProblem(found: DataProblem): ProblemWords {
  switch (found.code) {
    case 'rejections_open':
      return wordRejections(found)
    case 'ids_shared': {
      const { source, ids, example } = found
      return {
        sources: [source],
        command: `aftercall explain ${example}`,
        what: `${source}: ${formatCount(ids.count, 'id')}${ids.about ? ' or more' : ''} of the last seven days ${ids.count === 1 ? 'is' : 'are'} shared by different sessions. Only the session with the newest revision is in the tables.`,
        whatToDo:
          'Give each platform instance its own source (bucket or prefix), then load the new source. Another cause is a folder that was loaded with the wrong name (load --source). The other documents are kept in warehouse.session_collision.',
        runbookAnchor: 'sessions-share-an-id-or-a-clock-is-wrong',
      }
    }
    case 'times_impossible': {
      const { sources, kinds } = found
      const names = new Set(kinds.map(nameClock))
      return {
        sources,
        command: null,
        what: `${sources.join(', ')}: times that cannot be true, within seven days: ${[...names].join('; ')}.`,
        details: kinds.slice(0, detailsShown).map(detailClock),
        whatToDo:
          'Other times decide which revision is the newest; the next export with a correct clock is loaded as usual. Inform the operators of the platform, or of the job that copies the objects.',
        runbookAnchor: 'sessions-share-an-id-or-a-clock-is-wrong',
      }
    }
    case 'drift_new':
      return wordDrift(found.sources, found.drift)
  }
}

function wordRejections({ sources, counts, isFresh, hasNoSource }: RejectionsProblem): ProblemWords {
  const source = sources.length === 1 && !hasNoSource ? `${sources[0]}: ` : ''
  const number = counts.reduce((sum, one) => sum + one.count, 0)
  const orMore = counts.some((one) => one.about) ? ' or more' : ''
  const were = number === 1 ? 'was' : 'were'
  const when = isFresh ? 'in the last 24 hours' : 'more than 24 hours ago'
  return {
    sources,
    command: 'aftercall rejections list',
    what: `${source}${countRejected(number, counts)}${orMore} ${were} rejected ${when} (${listCodes(counts)}).`,
    whatToDo: isFresh
      ? 'Look at one rejection of each code: it says what to do. All other files are loaded.'
      : 'When the cause is repaired, replay them; otherwise ignore them.',
    runbookAnchor: 'rejections-rise',
  }
}

function countRejected(number: number, counts: RejectionsProblem['counts']): string {
  const messages = counts.filter((one) => one.code.startsWith('message_')).length
  if (messages === 0) return formatCount(number, 'object')
  if (messages === counts.length) return formatCount(number, 'message')
  return formatCount(number, 'object or message', 'objects and messages')
}

/** `not_json`; of several `4 not_json, 1 gzip_broken`. */
function listCodes(counts: RejectionsProblem['counts']): string {
  if (counts.length === 1) return counts.map((one) => one.code).join()
  return counts.map(({ code, count }) => `${formatNumber(count)} ${code}`).join(', ')
}

const namesShown = 3
const detailsShown = 10

function wordDrift(sources: string[], drift: readonly DriftRow[]): ProblemWords {
  const names = [...new Set(drift.map(nameDrift))]
  const others = names.length > namesShown ? ' and others' : ''
  return {
    sources,
    command: null,
    what: `Documents hold fields without a column, unknown words and odd values, first seen within seven days: ${names.slice(0, namesShown).join(', ')}${others}.`,
    details: drift.slice(0, detailsShown).map(detailDrift),
    whatToDo:
      'Nothing is lost: such fields are in the column extra, and words and values are stored as sent. A newer release may know them.',
    runbookAnchor: 'schema-drift-appears',
  }
}

function nameClock({ path, what }: ClockProblem): string {
  return path === '*' ? what : `${path} ${what}`
}

function detailClock(clock: ClockProblem): string {
  const { source, documents, example } = clock
  return `${source} ${nameClock(clock)}; ${formatCount(documents, 'document')}, for example ${example}`
}

function detailDrift(drift: DriftRow): string {
  const { source, channel, documents, example } = drift
  return `${source}/${channel} ${describeDrift(drift)}; ${formatCount(documents, 'document')}, for example ${example}`
}
