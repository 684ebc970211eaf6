type Goal = {
  says: string
  unit: string
  /** The figure that has to be reached: at most, or at least. */
  atMost?: number
  atLeast?: number
  /** The command that measures it. */
  by: string
}

/** What Aftercall has to hold, as figures of this benchmark. */
const goals = {
  totalToBase: {
    ...{ says: 'CPU a file, worker and own sessions, to that of c521efa', unit: '', atMost: 0.78 },
    by: 'base --base CHECKOUT_OF_c521efa --postgres-bin LZ4',
  },
  childIndexesToBase: {
    ...{ says: 'bytes of the child tables’ indexes to those of c521efa', unit: '', atMost: 0.65 },
    by: 'base --base CHECKOUT_OF_c521efa --postgres-bin LZ4',
  },
  eltTotal: {
    ...{ says: 'CPU of elt / ours', unit: '', atLeast: 2.4 },
    by: 'contenders --postgres-bin LZ4',
  },
  eltPostgres: {
    ...{ says: 'Postgres’s CPU of elt / ours', unit: '', atLeast: 4 },
    by: 'contenders --postgres-bin LZ4',
  },
  conventionalTotal: {
    ...{ says: 'CPU of conventional / ours', unit: '', atLeast: 14 },
    by: 'contenders --postgres-bin LZ4',
  },
  logKb: {
    ...{ says: 'log a file, lz4, without checkpoints', unit: ' kB', atMost: 6.8 },
    by: 'log --postgres-bin LZ4',
  },
  storedKb: {
    ...{ says: 'stored a session, without its document', unit: ' kB', atMost: 5.6 },
    by: 'contenders --postgres-bin LZ4',
  },
  hotHeads: {
    ...{ says: 'HOT updates of heads', unit: '', atLeast: 0.95 },
    by: 'contenders --postgres-bin LZ4',
  },
  hotLedger: {
    ...{ says: 'HOT updates of the ledger', unit: '', atLeast: 0.95 },
    by: 'contenders --postgres-bin LZ4',
  },
  lagP99Ms: { says: 'lag, p99 at 200 files/s', unit: ' ms', atMost: 120, by: 'lag' },
  residentMiB: {
    ...{ says: 'memory with a million messages waiting', unit: ' MiB', atMost: 256 },
    by: 'backlog',
  },
  fullToEmpty: {
    ...{
      says: 'rate with ten million sessions stored, to that of an empty database',
      unit: '',
      atLeast: 0.95,
    },
    by: 'stored --database URL',
  },
  blocksOfADay: {
    ...{ says: 'blocks that a query of one day reads, of 67,000 sessions a month', unit: '', atMost: 100 },
    by: 'queries',
  },
  completenessSeconds: {
    ...{ says: 'completeness_daily of a month of 67,000 sessions', unit: ' s', atMost: 0.2 },
    by: 'queries',
  },
  consolePageCpuMs: {
    ...{
      says: 'CPU of the costliest page of the console, p95, with a million sessions',
      unit: ' ms',
      atMost: 200,
    },
    by: 'console --sessions 1000000',
  },
  refreshingToNot: {
    ...{
      says: 'CPU a file of a worker that refreshes rollups / of one that does not',
      unit: '',
      atMost: 1.1,
    },
    by: 'refresh',
  },
  dashboardP95Ms: {
    ...{ says: 'a question of a dashboard, p95, at ten million sessions a year', unit: ' ms', atMost: 300 },
    by: 'rollups --sessions 10000000',
  },
  dashboardBlocks: {
    ...{
      says: 'blocks by the facts / by the counts, at ten million sessions a year',
      unit: '',
      atLeast: 100,
    },
    by: 'rollups --sessions 10000000',
  },
} satisfies Record<string, Goal>

type GoalName = keyof typeof goals

/** Figures that goals are set for. */
export type Measured = Partial<Record<GoalName, number>>

/** One line for each goal: the figure, the goal, and whether it is reached; or how to measure it. */
export function goalLines(measured: Measured): string[] {
  return Object.entries<Goal>(goals).map(([name, { says, unit, atMost, atLeast, by }]) => {
    const figure = measured[name as GoalName]
    const bound = atMost === undefined ? `at least ${atLeast}${unit}` : `at most ${atMost}${unit}`
    if (figure === undefined) return `  not measured  ${says}: ${bound} (npm run bench -- ${by})`
    const isReached = atMost === undefined ? figure >= (atLeast ?? 0) : figure <= atMost
    const shown = figure >= 100 ? figure.toFixed(0) : figure.toFixed(2)
    return `  ${isReached ? 'reached       ' : 'NOT REACHED   '}${says}: ${shown}${unit}, ${bound}`
  })
}
