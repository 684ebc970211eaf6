import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { callParticipantTable } from '../tables/call-participant.ts'
import { deflectedEscalationTable } from '../tables/deflected-escalation.ts'
import { dispositionTable } from '../tables/disposition.ts'
import { escalationTable } from '../tables/escalation.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { queueDurationTable } from '../tables/queue-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, type TableName, type TableSpec } from '../tables/table-spec.ts'
import { transferTable } from '../tables/transfer.ts'
import { virtualAgentHandleDurationTable } from '../tables/virtual-agent-handle-duration.ts'
import type { Attribute, DimensionName, Seen, SessionDimensions } from './seen.ts'

/** A place that names an agent, a queue or a virtual agent: the columns of its id and of its attributes. */
type Place = { table: TableName; id: number; attributes: readonly Stated[] }
type Stated = { name: string; index: number }

/** The first place that states an attribute wins, so that two forms of a name do not take turns. */
const places: Readonly<Record<DimensionName, readonly Place[]>> = {
  agent: [
    place(callParticipantTable, 'user_id', { email: 'email', teams: 'teams' }),
    place(transferTable, 'from_agent_id', { name: 'from_agent_name', email: 'from_agent_email' }),
    place(transferTable, 'to_agent_id', { name: 'to_agent_name', email: 'to_agent_email' }),
    place(sessionTable, 'agent_id', { name: 'agent_name', email: 'agent_email', number: 'agent_number' }),
    place(escalationTable, 'to_agent_id', { name: 'to_agent_name', email: 'to_agent_email' }),
    place(handleDurationTable, 'agent_id'),
    place(queueDurationTable, 'agent_id'),
    place(dispositionTable, 'user_id'),
  ],
  queue: [
    place(queueDurationTable, 'menu_path_id', {
      menu_path: 'menu_path',
      target_seconds: 'service_level_target_seconds',
      target_percent: 'service_level_target_percent',
      abandon_seconds: 'service_level_abandon_seconds',
    }),
    place(handleDurationTable, 'menu_path_id', { menu_path: 'menu_path' }),
    place(virtualAgentHandleDurationTable, 'menu_path_id', { menu_path: 'menu_path' }),
    place(deflectedEscalationTable, 'menu_path_id', { menu_path: 'menu_path' }),
  ],
  virtual_agent: [
    place(virtualAgentHandleDurationTable, 'virtual_agent_id', {
      name: 'virtual_agent_name',
      alias: 'virtual_agent_alias',
    }),
    place(deflectedEscalationTable, 'virtual_agent_id', {
      name: 'virtual_agent_name',
      alias: 'virtual_agent_alias',
    }),
    place(transferTable, 'to_virtual_agent_id', { name: 'to_virtual_agent_name' }),
  ],
}

function place(table: TableSpec, id: string, attributes: Record<string, string> = {}): Place {
  return {
    table: table.name,
    id: columnIndex(table, id),
    attributes: Object.entries(attributes).map(([name, column]) => ({
      name,
      index: columnIndex(table, column),
    })),
  }
}

const firstName = columnIndex(callParticipantTable, 'first_name')
const lastName = columnIndex(callParticipantTable, 'last_name')

/** The agents, queues and virtual agents that a session names, each once, with what it states of them. */
export function collectDimensions(rows: Rows): SessionDimensions {
  return {
    agent: collect(rows, places.agent),
    queue: collect(rows, places.queue),
    virtual_agent: collect(rows, places.virtual_agent),
  }
}

/** Longer texts are no names: they stay in the facts alone. */
const attributeLengthMax = 2_000

type Found = { id: string; attributes: Record<string, Attribute> }

function collect(rows: Rows, named: readonly Place[]): readonly Seen[] {
  let found: Map<number | string, Found> | undefined
  for (const { table, id, attributes } of named) {
    for (const row of rows[table]) {
      const value = row[id]
      if (typeof value !== 'number' && typeof value !== 'string') continue
      found ??= new Map()
      let seen = found.get(value)
      if (seen === undefined) {
        seen = { id: String(value), attributes: {} }
        found.set(value, seen)
      }
      for (const { name, index } of attributes) note(seen, name, row[index])
      if (table === 'call_participant') note(seen, 'name', fullName(row))
    }
  }
  return found === undefined ? [] : [...found.values()]
}

function note({ attributes }: Found, name: string, value: Row[number]): void {
  if (value === undefined || value === null || attributes[name] !== undefined) return
  // As text, which can be sent between threads and compared.
  const attribute = typeof value === 'object' ? JSON.stringify(value) : value
  if (typeof attribute === 'string' && attribute.length > attributeLengthMax) return
  attributes[name] = attribute
}

function fullName(row: Row): string | undefined {
  const [first, last] = [row[firstName], row[lastName]]
  const name = `${typeof first === 'string' ? first : ''} ${typeof last === 'string' ? last : ''}`.trim()
  return name === '' ? undefined : name
}
