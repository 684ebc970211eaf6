import type { Runs } from '@aftercall/warehouse/console/runs'
import type { Answers } from './answers.ts'

/** What the overview and the runs say of one source; undefined if none has this name. */
export function selectSource(
  name: string,
  { overview, problems }: Answers['overview'],
  { backfills, reconciles }: Runs,
): Answers['source'] | undefined {
  const source = overview.sources.find((one) => one.source === name)
  if (source === undefined) return undefined
  return {
    source,
    problems: problems.filter((one) => one.sources.includes(name)),
    overview: { ...overview, hours: overview.hours.filter((one) => one.source === name) },
    runs: {
      backfills: backfills.filter((one) => one.source === name),
      reconciles: reconciles.filter((one) => one.source === name),
    },
  }
}
