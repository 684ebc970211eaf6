import type { Runs } from '@aftercall/warehouse/console/runs'
import type { Answers } from './answers.ts'
import { columnsOfHours } from './chart-columns.ts'

/** What the overview and the runs say of one source; undefined if none has this name. */
export function selectSource(
  name: string,
  { overview, problems }: Pick<Answers['overview'], 'overview' | 'problems'>,
  { backfills, reconciles }: Runs,
): Answers['source'] | undefined {
  const source = overview.sources.find((one) => one.source === name)
  if (source === undefined) return undefined
  return {
    source,
    problems: problems.filter((one) => one.sources.includes(name)),
    overview: {
      ...overview,
      hours: overview.hours.filter((one) => one.source === name),
      lags: overview.lags.filter((one) => one.source === name),
    },
    chart: { span: '48h', source: name, columns: columnsOfHours(overview, 48, name) },
    runs: {
      backfills: backfills.filter((one) => one.source === name),
      reconciles: reconciles.filter((one) => one.source === name),
    },
  }
}
