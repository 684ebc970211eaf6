// biome-ignore-all lint/style/noExcessiveLinesPerFile: one list of problems, read as a whole
import { describeDrift } from '../ledger/describe-drift.ts'
import type { DriftRow } from '../load/drift-recorder.ts'
import { monthFrom } from '../maintenance/months.ts'
import { findCollidingSessions, findWrongClocks } from './find-data-problems.ts'
import { findHeldRetention } from './find-held-retention.ts'
import { findRejections } from './find-rejections.ts'
import { findSilence } from './find-silence.ts'
import { findWorkers } from './find-workers.ts'
import type { Overview, OverviewPart } from './overview.ts'
import { counted, formatNumber } from './tell-amount.ts'

/** critical: data does not come, or nobody takes it; warning: something waits for somebody; notice: good to know. */
export type ProblemSeverity = 'critical' | 'warning' | 'notice'

/** What a problem concerns. */
export type ProblemTopic =
  | 'migrations'
  | 'workers'
  | 'sources'
  | 'failures'
  | 'rejections'
  | 'partitions'
  | 'drift'
  | 'identity'
  | 'clocks'
  | 'runs'
  | 'retention'
  | 'reads'

export type Problem = {
  severity: ProblemSeverity
  about: ProblemTopic
  /** Empty where it concerns all of them. */
  sources: string[]
  what: string
  whatToDo: string
  /** What it is about one by one, at most ten lines; where the sentence cannot say it. */
  details?: string[]
  /** To be typed as it is; null where there is none. */
  command: string | null
  /** Section of docs/runbook.md: `rejections-rise`. */
  runbookAnchor: string | null
}

export type ProblemThresholds = {
  /** A source may be silent for so long, whatever the time of day. */
  quietMinutes: number
}

/** The worst first. */
export function readProblems(overview: Overview, thresholds: ProblemThresholds): Problem[] {
  const problems = [
    ...findPendingMigrations(overview, thresholds),
    ...findWorkers(overview),
    ...overview.sources.flatMap((source) => findSilence(source, overview, thresholds)),
    ...findFailing(overview),
    ...findRejections(overview),
    ...findCollidingSessions(overview),
    ...findHeldRetention(overview),
    ...findWaitingRows(overview),
    ...findOutsideRows(overview),
    ...findMissingMonths(overview),
    ...findTroubledRuns(overview),
    ...findNewDrift(overview),
    ...findWrongClocks(overview),
    ...findSlowParts(overview),
  ]
  return problems.sort((one, other) => rankOf[one.severity] - rankOf[other.severity])
}

const rankOf = { critical: 0, warning: 1, notice: 2 } as const

/** While an update goes on, the workers of the release before still store what comes. */
function findPendingMigrations(
  { pendingMigrations, sources }: Overview,
  { quietMinutes }: ProblemThresholds,
): Problem[] {
  if (pendingMigrations === 0) return []
  const flows = sources.some((one) => (one.minutesSinceSettled ?? Number.POSITIVE_INFINITY) < quietMinutes)
  return [
    {
      ...{ severity: flows ? 'warning' : 'critical', about: 'migrations', sources: [] },
      command: 'aftercall migrate',
      what: `${counted(pendingMigrations, 'migration is', 'migrations are')} pending.`,
      whatToDo: 'Apply them: workers of this release take no message before.',
      runbookAnchor: 'a-migration-fails-or-waits',
    },
  ]
}

function findFailing({ sources }: Overview): Problem[] {
  return sources.flatMap(({ source, failing }): Problem[] => {
    if (failing === null || failing.count === 0) return []
    const objects = `${counted(failing.count, 'object')}${failing.about ? ' or more' : ''}`
    return [
      {
        ...{ severity: 'warning', about: 'failures', sources: [source], command: 'aftercall doctor' },
        what: `${source}: ${objects} failed and ${failing.count === 1 ? 'is' : 'are'} not stored yet.`,
        whatToDo:
          'The queue delivers them a few more times. Repair what aftercall doctor names, then load what is left: aftercall replay --failed',
        runbookAnchor: 'dead-letters',
      },
    ]
  })
}

function findWaitingRows({ waitingRows }: Overview): Problem[] {
  if (waitingRows.length === 0) return []
  const rows = waitingRows.reduce((sum, one) => sum + one.rows.count, 0)
  const more = waitingRows.some((one) => one.rows.about) ? ' or more' : ''
  return [
    {
      ...{ severity: 'warning', about: 'partitions', sources: [], command: 'aftercall maintain' },
      what: `${counted(rows, 'row')}${more} in ${counted(waitingRows.length, 'table')} ${rows === 1 ? 'waits' : 'wait'} in a default partition: their month had none when they came.`,
      details: waitingRows.map(
        ({ table, rows: { count, about } }) => `${table}: ${about ? 'at least ' : ''}${formatNumber(count)}`,
      ),
      whatToDo: 'Move them to partitions of their own; queries are right meanwhile, only slower.',
      runbookAnchor: 'a-default-partition-grows',
    },
  ]
}

function findOutsideRows({ outsideRows }: Overview): Problem[] {
  const { count, about } = outsideRows
  if (count === 0) return []
  return [
    {
      ...{ severity: 'notice', about: 'partitions', sources: [], command: 'aftercall doctor' },
      what: `${counted(count, 'session')}${about ? ' or more' : ''} ${count === 1 ? 'has' : 'have'} a created_at outside the months that partitions are made for.`,
      whatToDo:
        'They are kept in the default partition. The doctor names the months: raise months.yearsBack if they are right.',
      runbookAnchor: 'a-default-partition-grows',
    },
  ]
}

const dayMs = 86_400_000

/** Whoever needs a month first makes it, so this is only worth a word when that is soon. */
function findMissingMonths({ missingMonths, readAt, sources }: Overview): Problem[] {
  const inFourDays = monthFrom(new Date(readAt.getTime() + 4 * dayMs), 0)
  const near = missingMonths.filter((month) => month <= inFourDays)
  if (near.length === 0 || sources.every((one) => one.lastSettledAt === null)) return []
  return [
    {
      ...{ severity: 'notice', about: 'partitions', sources: [], command: 'aftercall maintain' },
      what: `${near.join(' and ')} ${near.length === 1 ? 'has' : 'have'} no partitions yet.`,
      whatToDo: 'Make them ahead. Otherwise the first worker that needs them does, and waits for a lock.',
      runbookAnchor: 'a-default-partition-grows',
    },
  ]
}

function findTroubledRuns({ troubledRuns }: Overview): Problem[] {
  return troubledRuns.map(({ kind, runId, source, error }): Problem => {
    if (kind === 'backfill') {
      return {
        ...{ severity: 'warning', about: 'runs', sources: [source] },
        command: `aftercall backfill --resume ${runId}`,
        what: `${source}: backfill ${runId} is not done, and no process works on it.`,
        whatToDo: 'Resume it, on any machine: it goes on where it was.',
        runbookAnchor: 'a-backfill-is-stuck',
      }
    }
    return {
      ...{ severity: 'warning', about: 'runs', sources: [source] },
      command: `aftercall reconcile --source ${source}`,
      what: `${source}: the last comparison of bucket and ledger failed: ${error ?? 'it did not say why'}`,
      whatToDo: 'Run it again: it names what stopped it.',
      runbookAnchor: 'lost-events-and-loading-a-source-again',
    }
  })
}

function findNewDrift({ newDrift }: Overview): Problem[] {
  if (newDrift.length === 0) return []
  const names = [...new Set(newDrift.map(nameDrift))]
  const shown = names.slice(0, 3)
  const others = names.length > shown.length ? ' and others' : ''
  return [
    {
      ...{ severity: 'notice', about: 'drift', command: null },
      sources: [...new Set(newDrift.map((one) => one.source))].sort(),
      what: `Documents hold fields without a column, unknown words and odd values, first seen within seven days: ${shown.join(', ')}${others}.`,
      details: newDrift.slice(0, driftShown).map(detailDrift),
      whatToDo:
        'Nothing is lost: fields are in the column extra, words and odd values stay as sent. A newer release may know them.',
      runbookAnchor: 'schema-drift-appears',
    },
  ]
}

const jsonTypes = new Set(['string', 'number', 'boolean', 'object'])

/** A field by its path; what is odd about the document, or about a field that has a column, by its name. */
function nameDrift({ path, type, word }: DriftRow): string {
  if (word !== null) return `the word "${word}" of ${path}`
  if (path === '*') return type
  return jsonTypes.has(type) ? path : `${type} in ${path}`
}

const driftShown = 10

function detailDrift(drift: DriftRow): string {
  const { source, channel, documents, example } = drift
  return `${source}/${channel} ${describeDrift(drift)}; ${counted(documents, 'document')}, for example ${example}`
}

const partNames: Record<OverviewPart, string> = {
  activity: 'what was settled in the last 48 hours',
  sessions: 'stored sessions',
  failing: 'what failed',
  rejections: 'open rejections',
  partitions: 'partitions',
  drift: 'schema drift',
  collisions: 'sessions that share an id',
  runs: 'runs',
  retention: 'maintenance',
  workers: 'what workers report',
}

function findSlowParts({ tookTooLong }: Overview): Problem[] {
  if (tookTooLong.length === 0) return []
  return [
    {
      ...{ severity: 'notice', about: 'reads', sources: [], command: null },
      what: `The database took too long to tell: ${tookTooLong.map((part) => partNames[part]).join(', ')}.`,
      whatToDo:
        'It is left out here. A bulk load or a busy server explains it; otherwise look at what slows it down.',
      runbookAnchor: 'queue-age-rises',
    },
  ]
}
