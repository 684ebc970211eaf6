import type { ColumnValue } from '../tables/columns.ts'

/** What a session says of one agent, queue or virtual agent. An attribute that it does not state is absent. */
export type Seen = {
  /** As text, unique within the source. */
  id: string
  attributes: Readonly<Record<string, Exclude<ColumnValue, null>>>
}

export type DimensionName = 'agent' | 'queue' | 'virtual_agent'

/** Everything that a session names, each once. */
export type SessionDimensions = Readonly<Record<DimensionName, readonly Seen[]>>
