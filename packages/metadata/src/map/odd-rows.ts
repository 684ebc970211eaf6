import type { ColumnValue } from '../tables/columns.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import {
  columnIndex,
  columnIndexes,
  isSourced,
  type SourcedColumn,
  type TableSpec,
} from '../tables/table-spec.ts'
import { type Drift, type DriftCollector, noteDrift, pathTo } from './drift.ts'
import type { Row } from './map-object.ts'

const dayMaxSeconds = 86_400

/** Reports durations of a row that are negative or longer than a day. They are stored as sent (contract, section g, rule 17). */
export function oddDurationCollector(table: TableSpec): DriftCollector {
  const durations = table.columns.filter(isSourced).filter(isDuration)
  const inside = pathTo(table)
  const checked = durations.map(({ name, paths }) => ({
    index: columnIndex(table, name),
    path: `${inside}${paths.join('|')}`,
  }))
  return (row, found) => {
    for (const { index, path } of checked) {
      const value = row[index]
      if (value === undefined || value === null) continue
      const seconds = typeof value === 'number' ? value : Number(value)
      if (seconds < 0) noteDrift({ path, type: 'negative duration' }, found)
      else if (seconds > dayMaxSeconds) noteDrift({ path, type: 'duration over a day' }, found)
    }
  }
}

/** Targets and thresholds are settings, not durations. */
function isDuration({ name }: SourcedColumn): boolean {
  return /(?:^|_)seconds(?:_|$)/.test(name) && !name.startsWith('service_level_')
}

const queueColumns = columnIndexes(queueDurationTable, 'queue_duration_id', 'started_at', 'extra')

/** Some releases of the platform wrote a stay in a queue twice, with different ids (contract, h.1). Both are stored. */
export function noteDoubledStays(stays: readonly Row[], found: Map<string, Drift>): void {
  if (stays.length < 2 || !mayBeDoubled(stays)) return
  const seen = new Set<string>()
  for (const stay of stays) {
    if (stay[queueColumns.started_at] === undefined) continue
    const said: (ColumnValue | undefined)[] = stay.slice(0, queueColumns.extra + 1)
    said[queueColumns.queue_duration_id] = null
    const text = JSON.stringify(said)
    if (seen.has(text)) noteDrift({ path: 'queue_durations[]', type: 'doubled row' }, found)
    seen.add(text)
  }
}

/** Stays that begin at the same time are rare. Looking for them first saves serializing the others. Most sessions have two or three stays. */
function mayBeDoubled(stays: readonly Row[]): boolean {
  if (stays.length > 4) return true
  for (let at = 1; at < stays.length; at += 1) {
    const begin = stays[at]?.[queueColumns.started_at]
    for (let before = 0; before < at; before += 1) {
      if (stays[before]?.[queueColumns.started_at] === begin) return true
    }
  }
  return false
}
