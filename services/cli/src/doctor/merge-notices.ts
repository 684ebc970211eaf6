import type { CheckResult } from './check-result.ts'

/** The same notice about several sources, once: a store without a setting lacks it for every bucket. */
export function mergeNotices(results: readonly CheckResult[]): CheckResult[] {
  const groups = Map.groupBy(results, (result) => {
    const { subject } = partsOf(result)
    return result.level === 'notice' ? JSON.stringify({ ...result, check: subject }) : result
  })
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length === 1) return group
    const names = group.map((result) => partsOf(result).source)
    const check = `${group.length} sources: ${partsOf(first).subject}`
    return [{ ...first, check, detail: `${first.detail} (${names.join(', ')})` }]
  })
}

/** Of `source acme: notifications`. */
function partsOf({ check }: CheckResult): { source: string; subject: string } {
  const { source = '', subject = check } =
    /^source (?<source>[^:]+): (?<subject>.*)$/.exec(check)?.groups ?? {}
  return { source, subject }
}
