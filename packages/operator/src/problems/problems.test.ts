import { readFileSync } from 'node:fs'
import type { Overview, SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type { QueueState, WorkerState } from '@aftercall/warehouse/console/read-worker-state'
import { expect, test } from 'vitest'
import { overallStatus } from '../overall-status.ts'
import { wordStatus } from '../word-status.ts'
import { listProblems } from './list-problems.ts'

const readAt = new Date('2026-03-23T12:30:00Z')
const hoursAgo = (hours: number) => new Date(readAt.getTime() - hours * 3_600_000)
const acme: SourceOverview = {
  ...{ source: 'acme', bucket: 'files', prefix: 'metadata/', minutesSinceSettled: 1 },
  ...{ lastEventAt: hoursAgo(0), lastSettledAt: hoursAgo(0), lastLandedAt: hoursAgo(0) },
  ...{ lastDay: {}, dayBefore: {}, sessions: null, failing: null, openRejections: null },
  ...{ lag: { lastHour: null, lastDay: null }, freshness: { lastHour: null, lastDay: null } },
}
const workers: WorkerState = {
  ...{ alive: 1, receiving: 1, lost: [], last: { silentSeconds: 3, wasStopped: false } },
  ...{ lambda: null, queues: [], lastError: null },
}
const quiet: Overview = {
  ...{ readAt, tookTooLong: [], sources: [acme], hours: [], lags: [], rejections: [], waitingRows: [] },
  outsideRows: { count: 0, about: false },
  ...{ missingMonths: [], newDrift: [], clocks: [], collisions: [], troubledRuns: [] },
  heldRetention: null,
  ...{ pendingMigrations: 0, workers },
  rollups: { waitingHours: 0, oldestSeconds: 0, lastCheck: null },
}

/** A source that has been silent for some hours, with objects in each hour before. */
function silentFor(hours: number, objectsAnHour: number): Overview {
  const at = hoursAgo(hours)
  const silent = { ...acme, lastSettledAt: at, lastLandedAt: at, minutesSinceSettled: hours * 60 }
  const before = Array.from({ length: 48 }, (_, hour) => new Date(hoursAgo(48 - hour).setUTCMinutes(0, 0, 0)))
  const busy = before.filter((hour) => hour < at)
  return {
    ...quiet,
    sources: [silent],
    hours: busy.map((hour) => ({ hour, source: 'acme', outcomes: {}, landed: objectsAnHour })),
  }
}

test.each([
  { hours: 0.5, objectsAnHour: 100, found: [] },
  { hours: 2, objectsAnHour: 100, found: ['critical'] },
  { hours: 2, objectsAnHour: 2, found: [] },
  { hours: 30, objectsAnHour: 100, found: ['critical'] },
  { hours: 40, objectsAnHour: 0, found: ['warning'] },
  { hours: 24 * 30, objectsAnHour: 0, found: ['notice'] },
])(
  'silence is a problem if the source was busy at the same time a day ago: silent for $hours h, $objectsAnHour objects an hour → $found',
  ({ hours, objectsAnHour, found }) => {
    const problems = listProblems(silentFor(hours, objectsAnHour), { quietMinutes: 60 })
    expect(problems.map((one) => one.severity)).toEqual(found)
  },
)

test('a backfill does not hide that no new objects land', () => {
  const overview = silentFor(3, 100)
  const sources = overview.sources.map((one) => ({ ...one, lastSettledAt: readAt, minutesSinceSettled: 0 }))
  const problems = listProblems({ ...overview, sources }, { quietMinutes: 60 })
  expect(problems).toMatchObject([{ severity: 'critical', sources: ['acme'], command: 'aftercall doctor' }])
  expect(problems[0]?.what).toMatch(
    /^acme: no data for 3 hours; in the same time a day ago \d+ objects arrived\.$/,
  )
})

test('a source that no longer sends notifications is a problem, even if reconcile loads its objects every day', () => {
  const healed = { ...acme, lastLandedAt: null, lastEventAt: null, lastSettledAt: hoursAgo(3) }
  const problems = listProblems({ ...quiet, sources: [healed] }, { quietMinutes: 60 })
  expect(problems).toMatchObject([{ severity: 'notice', sources: ['acme'] }])
  expect(problems[0]?.what).toContain('nothing was announced in 48 hours')
  const unknown: Overview = { ...quiet, sources: [healed], tookTooLong: ['activity'] }
  expect(listProblems(unknown, { quietMinutes: 360 }).map((one) => one.what)).toEqual([
    'These reads took too long: objects of the last 48 hours.',
  ])
})

test('rejections are counted, with their codes and sources', () => {
  const wordsOf = (...rejections: [code: string, ...sources: string[]][]) => {
    const open = rejections.map(([code, ...sources]) => {
      const lastDay = { count: Math.max(1, sources.length), about: false }
      return { code, sources, open: lastDay, lastDay }
    })
    const [problem] = listProblems({ ...quiet, rejections: open }, { quietMinutes: 60 })
    return [problem?.sources, problem?.what]
  }
  const end = 'rejected in the last 24 hours'
  expect(wordsOf(['not_json', 'acme'])).toEqual([['acme'], `acme: 1 object was ${end} (not_json).`])
  expect(wordsOf(['message_not_json'])).toEqual([[], `1 message was ${end} (message_not_json).`])
  expect(wordsOf(['not_json', 'acme', 'beta'], ['message_not_json'])).toEqual([
    ['acme', 'beta'],
    `3 objects and messages were ${end} (2 not_json, 1 message_not_json).`,
  ])
})

test('the overall status is that of the worst problem; without one, data is flowing', () => {
  const flowing = overallStatus(quiet, [])
  expect(flowing).toEqual({ state: 'flowing', minutes: 1 })
  expect(wordStatus(flowing)).toBe('Data is flowing: the last object was processed 1 minute ago.')

  const some = { count: 3, about: false }
  const rejected = {
    ...quiet,
    rejections: [{ code: 'not_json', open: some, lastDay: some, sources: ['acme'] }],
  }
  expect(overallStatus(rejected, listProblems(rejected, { quietMinutes: 60 })).state).toBe('attention')

  const updating = listProblems({ ...rejected, pendingMigrations: 1 }, { quietMinutes: 60 })
  expect(
    updating.map((one) => one.severity),
    'older workers still store what comes',
  ).toEqual([...['warning', 'warning']])
  const pending = { ...rejected, pendingMigrations: 1, sources: [{ ...acme, minutesSinceSettled: 60 }] }
  const problems = listProblems(pending, { quietMinutes: 60 })
  expect(problems.map((one) => one.command)).toEqual(['aftercall migrate', 'aftercall rejections list'])
  const stopped = overallStatus(pending, problems)
  expect(stopped).toMatchObject({ state: 'stopped', worst: { code: 'migrations_pending' }, others: 0 })
  expect(wordStatus(stopped)).toBe('1 migration is pending.')
  expect(overallStatus({ ...quiet, sources: [] }, []).state).toBe('waiting')
})

const live: QueueState = {
  ...{ name: 'live', url: 'https://sqs/1/live', waiting: 59, inFlight: 0, delayed: 0 },
  ...{ deadLetters: 0, oldestSeconds: 30, readAt },
}

test.each<{ when: string; state: Partial<WorkerState> | null; status: string; says: string }>([
  { when: 'a worker receives', state: { queues: [live] }, status: 'flowing', says: 'Data is flowing' },
  {
    when: 'the only worker was killed and messages wait',
    state: { alive: 0, receiving: 0, last: { silentSeconds: 130, wasStopped: false }, queues: [live] },
    status: 'stopped',
    says: 'No worker has reported for 2 minutes; 59 messages waited in the queue then.',
  },
  {
    // A last heartbeat up to 10 s before the kill, this minute, and a reading every 5 s at most: red within 75 s.
    when: 'the last heartbeat of the only worker was a minute ago',
    state: { alive: 0, receiving: 0, last: { silentSeconds: 60, wasStopped: false }, queues: [live] },
    status: 'stopped',
    says: 'No worker has reported for 1 minute; 59 messages waited in the queue then.',
  },
  {
    when: 'the only worker was stopped',
    state: { alive: 0, receiving: 0, last: { silentSeconds: 600, wasStopped: true } },
    status: 'stopped',
    says: 'No worker runs: the last one was stopped 10 minutes ago.',
  },
  {
    when: 'a deployment has stopped one and starts the next',
    state: { alive: 0, receiving: 0, last: { silentSeconds: 20, wasStopped: true } },
    status: 'flowing',
    says: 'Data is flowing',
  },
  {
    when: 'a worker runs and cannot receive',
    state: { receiving: 0, lastError: { code: 'queue_unreachable', at: readAt } },
    status: 'stopped',
    says: '1 worker runs, but none receives messages. The last failure was queue_unreachable.',
  },
  {
    when: 'none is known',
    state: { alive: 0, receiving: 0, last: null },
    status: 'waiting',
    says: 'No worker is known',
  },
  { when: 'its reports cannot be read', state: null, status: 'waiting', says: 'could not be read' },
  {
    when: 'the oldest message is older than 10 minutes',
    state: { queues: [{ ...live, oldestSeconds: 660 }] },
    status: 'attention',
    says: 'The queue live is late: 59 messages wait, the oldest for about 11 minutes.',
  },
  {
    when: 'there are dead letters',
    state: { queues: [{ ...live, deadLetters: 1 }] },
    status: 'attention',
    says: 'The queue live has 1 dead letter',
  },
  {
    when: 'one of several was killed',
    state: { lost: [{ host: 'a, process 7', silentSeconds: 90 }] },
    status: 'flowing',
    says: '1 worker has not reported for a minute or more: a, process 7.',
  },
])('the overall status is $status when $when', ({ state, status, says }) => {
  const overview: Overview = { ...quiet, workers: state === null ? null : { ...workers, ...state } }
  const problems = listProblems(overview, { quietMinutes: 60 })
  const overall = overallStatus(overview, problems)
  expect(overall.state).toBe(status)
  expect([wordStatus(overall), ...problems.map((one) => one.what)].join('\n')).toContain(says)
})

test.each([
  { rejected: 4, of: 1_000, before: {}, severity: 'notice' },
  { rejected: 11, of: 1_000, before: {}, severity: 'warning' },
  { rejected: 3, of: 100, before: {}, severity: 'notice' },
  { rejected: 2, of: 3, before: {}, severity: 'warning' },
  { rejected: 9, of: 10_000, before: { stored: 10_000 }, severity: 'notice' },
  { rejected: 11, of: 10_000, before: { stored: 10_000 }, severity: 'warning' },
  { rejected: 11, of: 10_000, before: { stored: 10_000, rejected: 2 }, severity: 'notice' },
])(
  '$rejected rejected objects of $of, with $before the day before, are a $severity',
  ({ rejected, of, before, severity }) => {
    const count = { count: rejected, about: false }
    const [problem] = listProblems(
      {
        ...quiet,
        sources: [{ ...acme, lastDay: { stored: of - rejected, rejected }, dayBefore: before }],
        rejections: [{ code: 'not_json', open: count, lastDay: count, sources: ['acme'] }],
      },
      { quietMinutes: 60 },
    )
    expect(problem).toMatchObject({ about: 'rejections', severity })
  },
)

test('older rejections and missing months of the future are only notices', () => {
  const old = {
    ...quiet,
    rejections: [
      {
        code: 'not_json',
        open: { count: 3, about: false },
        lastDay: { count: 0, about: false },
        sources: [],
      },
    ],
    missingMonths: ['2026-04'],
  }
  expect(listProblems(old, { quietMinutes: 60 }).map((one) => one.severity)).toEqual(['notice'])
  const soon = { ...quiet, missingMonths: ['2026-04'], readAt: new Date('2026-03-29T00:00:00Z') }
  expect(listProblems(soon, { quietMinutes: 10_080 })).toMatchObject([{ command: 'aftercall maintain' }])
})

test('shared ids and impossible times come with what to do', () => {
  const clock = { source: 'acme', documents: 3, lastSeenAt: readAt, example: 's3://files/a.json' }
  const problems = listProblems(
    {
      ...quiet,
      clocks: [
        { ...clock, path: 'updated_at', what: 'later than its object' },
        { ...clock, path: '*', what: 'superseded by an older object' },
      ],
      collisions: [{ source: 'acme', sessions: 1, about: false, example: 'acme/call/401' }],
    },
    { quietMinutes: 60 },
  )
  expect(problems).toMatchObject([
    {
      ...{ severity: 'warning', sources: ['acme'], command: 'aftercall explain acme/call/401' },
      what: expect.stringContaining('acme: 1 id of the last seven days is shared by different sessions.'),
      whatToDo: expect.stringContaining('Give each platform instance its own source'),
    },
    {
      severity: 'notice',
      what: expect.stringContaining('updated_at later than its object; superseded by an older object'),
    },
  ])
})

test('an object that failed and was stored later is no problem', () => {
  const stored = { ...quiet, sources: [{ ...acme, failing: { count: 0, about: false } }] }
  expect(listProblems(stored, { quietMinutes: 60 })).toEqual([])
})

test('every problem links to a section of docs/runbook.md', () => {
  const some = { count: 3, about: true }
  const clock = {
    ...{ source: 'acme', what: 'later than its object', path: 'updated_at' },
    example: 's3://files/a.json',
  }
  const drift = {
    ...{ source: 'acme', channel: 'call' as const, path: '$.new', type: 'string', documents: 1 },
    ...{ vocabulary: null, word: null },
    ...{ firstSeenAt: readAt, lastSeenAt: readAt, example: 's3://files/1.json' },
  }
  const run = { runId: '1', source: 'acme', since: readAt, error: 'x' }
  const worst: Overview = {
    ...silentFor(2, 100),
    ...{ pendingMigrations: 1, tookTooLong: ['activity'], missingMonths: ['2026-03'] },
    workers: {
      ...{ ...workers, receiving: 0, lost: [{ host: 'a', silentSeconds: 70 }] },
      queues: [{ ...live, oldestSeconds: 601, deadLetters: 3 }],
    },
    rejections: [{ code: 'not_json', open: some, lastDay: some, sources: ['acme'] }],
    waitingRows: [{ table: 'session', rows: some }],
    outsideRows: some,
    newDrift: [drift],
    clocks: [{ ...clock, documents: 1, lastSeenAt: readAt }],
    collisions: [{ source: 'acme', sessions: 2, about: false, example: 'acme/call/401' }],
    troubledRuns: [
      { ...run, kind: 'backfill', state: 'paused' },
      { ...run, kind: 'reconcile', state: 'failed' },
    ],
  }
  const silent = { ...acme, source: 'beta', lastSettledAt: null, lastLandedAt: null }
  const failing = { ...acme, source: 'gamma', failing: { count: 2, about: false } }
  const sources = [...worst.sources, silent, failing]
  const problems = listProblems({ ...worst, sources }, { quietMinutes: 60 })
  expect(problems).toHaveLength(18)
  const runbook = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8')
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )
  expect(problems.map((one) => one.runbookAnchor).filter((one) => !sections.includes(one ?? ''))).toEqual([])
})

test.each([
  { last: null, lambdaSeconds: 7_200, status: 'flowing' },
  { last: { silentSeconds: 7_300, wasStopped: true }, lambdaSeconds: 7_200, status: 'flowing' },
  { last: { silentSeconds: 600, wasStopped: false }, lambdaSeconds: 7_200, status: 'stopped' },
])(
  'a Lambda function that ran $lambdaSeconds s ago, with the last worker $last, is $status',
  ({ last, lambdaSeconds, status }) => {
    const state = { ...workers, alive: 0, receiving: 0, last, lambda: { silentSeconds: lambdaSeconds } }
    const overview = { ...quiet, workers: state }
    expect(overallStatus(overview, listProblems(overview, { quietMinutes: 60 })).state).toBe(status)
  },
)

test('held retention comes with the command that says why', () => {
  const heldRetention = { code: 'retention_too_large', endedAt: readAt }
  expect(listProblems({ ...quiet, heldRetention }, { quietMinutes: 60 })).toMatchObject([
    {
      ...{ severity: 'warning', about: 'retention', command: 'aftercall maintain --dry-run' },
      what: 'Retention is held back: the last aftercall maintain removed nothing (retention_too_large).',
    },
  ])
})

test('an unusual value of a field with a column is not listed as a field without one', () => {
  const drift = (path: string, type: string) => ({
    ...{ source: 'acme', channel: 'call' as const, path, type, vocabulary: null, word: null, documents: 1 },
    ...{ firstSeenAt: readAt, lastSeenAt: readAt, example: 's3://files/1.json' },
  })
  const newDrift = [
    drift('mood', 'string'),
    drift('*', 'word unknown to status'),
    drift('queue_durations[].queue_duration', 'negative duration'),
  ]
  const found = listProblems({ ...silentFor(2, 100), newDrift }, { quietMinutes: 60 }).map(({ what }) => what)
  expect(found).toContainEqual(
    expect.stringContaining(
      ': mood, word unknown to status, negative duration in queue_durations[].queue_duration.',
    ),
  )
})

test('rollups are a problem when changes wait for an hour, or when the last check found a difference', () => {
  const found = (rollups: Overview['rollups']) => listProblems({ ...quiet, rollups }, { quietMinutes: 60 })
  expect(found(null)).toEqual([])
  expect(found({ waitingHours: 3, oldestSeconds: 3_599, lastCheck: null })).toEqual([])
  expect(found({ waitingHours: 3, oldestSeconds: 3_600, lastCheck: null })).toMatchObject([
    { severity: 'notice', command: 'aftercall rollup' },
  ])
  const lastCheck = { day: '2026-03-22', checkedAt: readAt, differences: 2 }
  expect(found({ waitingHours: 0, oldestSeconds: 0, lastCheck })).toMatchObject([
    { severity: 'warning', command: 'aftercall rollup --rebuild --check --from 2026-03-22' },
  ])
  expect(found({ waitingHours: 0, oldestSeconds: 0, lastCheck: { ...lastCheck, differences: 0 } })).toEqual(
    [],
  )
})
