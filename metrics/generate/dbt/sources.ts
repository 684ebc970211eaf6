import type { DictionaryColumn, DictionaryTable } from '@aftercall/warehouse/schema/dictionary'
import { keyExpression, viewShapes } from './view-shapes.ts'

/** Columns with closed lists of words: another word is an error of ours. */
const closed: Readonly<Record<string, readonly string[]>> = {
  channel: ['call', 'chat'],
  'session.outcome': [
    ...['open', 'handled', 'self_served', 'voicemail', 'deflected', 'abandoned_in_menu', 'abandoned_in_queue'],
    ...['abandoned_with_virtual_agent', 'no_contact', 'canceled', 'expired', 'failed'],
  ],
  'queue_entry.outcome': ['answered', 'abandoned', 'canceled', 'returned', 'deflected', 'failed', 'open'],
  'virtual_agent_interaction.outcome': [
    ...['resolved', 'escalated_answered', 'escalated_abandoned', 'escalated_deflected', 'escalated_other'],
    ...['left', 'failed'],
  ],
  'transfer.target_kind': ['queue', 'agent', 'virtual_agent', 'other'],
}

/** Open vocabularies of the vendor: a new word is only worth a look. */
const open: Readonly<Record<string, readonly string[]>> = {
  direction: ['inbound', 'outbound', 'internal'],
  'queue_entry.service_level_event': ['in_sla', 'not_in_sla'],
}

/** `sources:` of the package: the views of analytics with their tests, and how fresh they have to be. */
export function dbtSources(views: readonly DictionaryTable[]): object {
  return {
    sources: [
      {
        name: 'aftercall',
        schema: 'analytics',
        description: 'Sessions of a contact center, ready to count. No personal data.',
        tables: views.map(tableOf),
      },
    ],
  }
}

function tableOf({ name, meaning, columns }: DictionaryTable): object {
  const { grain = [] } = viewShapes[name] ?? {}
  const isKey = grain.length === 1
  return {
    name,
    ...(meaning === null ? {} : { description: meaning }),
    ...(name === 'freshness' ? { config: freshness } : {}),
    ...(isKey ? {} : { data_tests: [{ unique: { arguments: { column_name: keyExpression(grain) } } }] }),
    columns: columns.map((column) => columnOf(name, column, grain)),
  }
}

/** Sources that do not run at night or at the weekend are warned of once, and are an error after three days. */
const freshness = {
  freshness: { warn_after: { count: 24, period: 'hour' }, error_after: { count: 3, period: 'day' } },
  loaded_at_field: 'newest_loaded_at',
}

function columnOf(view: string, column: DictionaryColumn, grain: readonly string[]): object {
  const tests = testsOf(view, column.name, grain)
  return {
    ...described(column),
    ...(tests.length === 0 ? {} : { data_tests: tests }),
  }
}

/** Name, meaning and type. What else the comment says is under `config`, as dbt wants it. */
export function described({ name, type, meaning, unit, source, isPersonalData }: DictionaryColumn): object {
  const meta = {
    ...(isPersonalData === null ? {} : { personal_data: isPersonalData }),
    ...(unit === null ? {} : { unit }),
    ...(source === null ? {} : { source_path: source }),
  }
  return {
    name,
    ...(meaning === null ? {} : { description: meaning }),
    data_type: type,
    ...(Object.keys(meta).length === 0 ? {} : { config: { meta } }),
  }
}

function testsOf(view: string, column: string, grain: readonly string[]): unknown[] {
  const isNullable = view === 'object_outcome_daily' && column === 'code'
  const words = closed[`${view}.${column}`] ?? closed[column]
  const openWords = open[`${view}.${column}`] ?? open[column]
  return [
    ...(grain.includes(column) && !isNullable ? ['not_null'] : []),
    ...(grain.length === 1 && grain[0] === column ? ['unique'] : []),
    ...(words === undefined ? [] : [{ accepted_values: { arguments: { values: words } } }]),
    ...(openWords === undefined
      ? []
      : [{ accepted_values: { arguments: { values: openWords }, config: { severity: 'warn' } } }]),
    ...(column === 'agent_key' && view !== 'agent' ? [toAgent] : []),
  ]
}

const toAgent = { relationships: { arguments: { to: "source('aftercall', 'agent')", field: 'agent_key' } } }
