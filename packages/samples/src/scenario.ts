import type { Channel, SessionKind } from './session-kind.ts'
import type { Agent, DispositionList, Queue, Tenant, VirtualAgent } from './tenant.ts'

/**
 * Everything that happened in a session. A document is this scenario seen at one instant. All times are epoch seconds, all
 * durations seconds.
 */
export type Scenario = {
  /** Position in the stream. Child ids are derived from it. */
  number: number
  channel: Channel
  tenant: Tenant
  kind: SessionKind
  sessionId: number
  uuid: string
  lang: string
  createdAt: number
  queuedAt: number | null
  assignedAt: number | null
  connectedAt: number | null
  scheduledAt: number | null
  ending: Ending
  /** The last queue, which the document calls the selected menu. */
  queue: Queue | null
  priority: number | null
  consumer: Consumer | null
  participants: Participant[]
  menuStay: Span | null
  queueStays: QueueStay[]
  agentStays: AgentStay[]
  virtualAgentStays: VirtualAgentStay[]
  transfers: Transfer[]
  escalations: Escalation[]
  deflections: { deflection: string; queue: Queue | null }[]
  offers: { at: number; group: string }[]
  waitTimeVirtualAgent: Span | null
  redirection: { queue: Queue; percent: boolean } | null
  messages: { at: number; phase: 'wait' | 'in_call'; text: string }[]
  dispositions: Disposition[]
  survey: Survey | null
  /** When an agent was assigned to the voicemail, if there is one. */
  voicemailReadAt: number | null
  /** Whether a word may appear that is in no vocabulary. */
  unknownWords: boolean
  recordings: Recording[]
  details: Details
}

export type Span = { startedAt: number; endedAt: number }

export type Ending = {
  at: number
  status: string
  failReason: string
  failDetails: string | null
  adapterFailure: { code: number; message: string } | null
  deflection: string | null
  voicemailReason: string | null
  disconnectedBy: 'agent' | 'end_user' | 'virtual_agent' | 'unknown'
}

/** All null for an anonymous end user. */
export type Consumer = {
  id: number | null
  identifier: string | null
  contactId: string | null
  phone: string | null
  email: string | null
}

export type Participant = {
  type: 'end_user' | 'agent' | 'virtual_agent' | 'task_virtual_agent'
  /** Null if the word for the way of entry is not documented. */
  entryType: string | null
  /** Null for a participant who was called but never connected. */
  connectedAt: number | null
  endedAt: number
  failReason: string
  holdSeconds: number | null
  agent: Agent | null
  virtualAgent: VirtualAgent | null
  /** Conversation id of Dialogflow for a virtual agent, or of Agent Assist for a person. */
  conversationId: string | null
  params: Record<string, unknown> | null
  sipHeaders: boolean
}

export type QueueStay = Span & {
  /** Null for an agent-to-agent transfer, which waits for a person and not in a queue. */
  queue: Queue | null
  /** Null until an agent answers. */
  agent: Agent | null
  /** Index into `transfers`. */
  transfer: number | null
  cold: boolean | null
}

/** The talk of one agent with the end user, followed by the agent's wrap-up. */
export type AgentStay = Span & {
  agent: Agent
  queue: Queue | null
  participant: number
  transfer: number | null
  cold: boolean | null
  barged: boolean
  connectSeconds: number
  holdSeconds: number
  /** 0 if the agent went straight to the next session. */
  wrapUpSeconds: number
  /** From the end of the wrap-up until the platform knows of it. Mostly 0. */
  wrapUpDelaySeconds: number
  beforeCallSeconds: number
  responses: Responses
}

export type VirtualAgentStay = Span & {
  virtualAgent: VirtualAgent
  queue: Queue
  participant: number
  transfer: number | null
  finishReason: string
  escalationReason: string | null
  initiatedBy: 'end_user' | 'agent'
  sentiment: number | null
  fallbackCount: number
  responses: Responses
}

/** How often and how fast a participant answered in a chat. */
export type Responses = { count: number; totalSeconds: number; maxSeconds: number }

export type Transfer = {
  status: string
  failReason: string | null
  deflection: string
  createdAt: number
  assignedAt: number | null
  connectedAt: number | null
  /** When it was complete, apart from wrap-up. */
  settledAt: number
  answerPath: string | null
  fromQueue: Queue | null
  toQueue: Queue | null
  fromAgent: Agent | null
  toAgent: Agent | null
  toVirtualAgent: VirtualAgent | null
}

export type Escalation = {
  status: string
  reason: string
  deflection: string | null
  createdAt: number
  escalatedAt: number
  virtualAgent: VirtualAgent
  toAgent: Agent | null
  fromQueue: Queue
  toQueue: Queue
}

export type Disposition = {
  at: number
  /** Index into `agentStays`. */
  stay: number
  note: string | null
  list: DispositionList
  code: DispositionList['codes'][number]
}

export type Survey = Span & {
  /** Null if the end user left the survey. */
  rating: number | null
  feedback: string | null
  queue: Queue | null
  /** True if the caller stays on the line for it, so that their record ends after the session. */
  onTheLine: boolean
}

export type Recording = Span & {
  type: 'default' | 'virtual_agent'
  conferenceId: string
  redactions: Redaction[]
}

/** In milliseconds, unlike everything else here: the platform writes these in UTC with real milliseconds. */
export type Redaction = { startMs: number; endMs: number; agent: Agent }

/** Fields that do not affect anything else in the document. */
export type Details = {
  ticket: { id: string; url: string } | null
  recordingPath: string | null
  recordingPermission: string
  verified: boolean
  photos: readonly string[]
  videoCount: number
  smartActionText: string | null
  customData: Record<string, unknown> | null
  customDataSecured: Record<string, unknown> | null
  sipHeaders: Record<string, string> | null
  afterHours: boolean
  messageCount: number
  firstMessageAt: number | null
  lastMessageAt: number | null
  consumerResponses: Responses
  transcript: boolean
}
