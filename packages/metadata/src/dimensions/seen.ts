/** JSON is text. */
export type Attribute = string | number | boolean

/** What a session says of one agent, queue or virtual agent. An attribute that it does not state is absent. */
export type Seen = {
  /** As text, unique within the source. */
  id: string
  attributes: Readonly<Record<string, Attribute>>
}

export type DimensionName = 'agent' | 'queue' | 'virtual_agent'

/** Everything that a session names, each once. */
export type SessionDimensions = Readonly<Record<DimensionName, readonly Seen[]>>
