import { formatDuration } from '@aftercall/operator/format/duration'
import type { PartKind, SessionPart } from '@aftercall/warehouse/console/session-parts'

/** How a part is drawn, and what it is called. */
type Look =
  | { shape: 'bar'; name: string; style: BarStyle }
  | { shape: 'curve'; name: string }
  | { shape: 'mark'; name: string; letter: string }

export type BarStyle =
  | 'menu'
  | 'virtual'
  | 'wait'
  | 'wait-in'
  | 'wait-out'
  | 'talk'
  | 'wrap'
  | 'barge'
  | 'attempt'
  | 'consumer'

export const looks: Record<PartKind, Look> = {
  menu: { shape: 'bar', name: 'Menu', style: 'menu' },
  virtual_agent: { shape: 'bar', name: 'Virtual agent', style: 'virtual' },
  hold_virtual_agent: { shape: 'bar', name: 'Virtual agent while waiting', style: 'virtual' },
  queue: { shape: 'bar', name: 'Queue', style: 'wait' },
  talk: { shape: 'bar', name: 'Talk', style: 'talk' },
  wrap_up: { shape: 'bar', name: 'Wrap-up', style: 'wrap' },
  barge: { shape: 'bar', name: 'Barge', style: 'barge' },
  attempt: { shape: 'bar', name: 'Attempt', style: 'attempt' },
  consumer: { shape: 'bar', name: 'Consumer', style: 'consumer' },
  transfer: { shape: 'curve', name: 'Transfer' },
  survey: { shape: 'mark', name: 'Survey', letter: 'S' },
  recording: { shape: 'mark', name: 'Recording', letter: 'R' },
  escalation: { shape: 'mark', name: 'Escalation', letter: 'E' },
  deflected_escalation: { shape: 'mark', name: 'Deflected escalation', letter: 'X' },
  deflection: { shape: 'mark', name: 'Deflection', letter: 'D' },
  offer: { shape: 'mark', name: 'Offer', letter: 'O' },
  sms: { shape: 'mark', name: 'SMS', letter: 'M' },
}

/** A queue entry by its service level; everything else by its kind. */
export function styleOf({ kind, word }: SessionPart): BarStyle {
  const look = looks[kind]
  if (look.shape !== 'bar') return 'menu'
  if (kind !== 'queue') return look.style
  if (word === 'in_sla') return 'wait-in'
  return word === 'not_in_sla' ? 'wait-out' : 'wait'
}

export function isFailedTransfer({ word, endedAt }: SessionPart): boolean {
  return word === null ? endedAt === null : word !== 'transferred'
}

/** How long a part took, by its numbers; empty without any. */
export function lengthOf({ kind, startedAt, endedAt, seconds, acwSeconds }: SessionPart): string {
  const own = kind === 'wrap_up' ? acwSeconds : seconds
  if (own !== null) return formatLength(Math.max(0, own))
  if (startedAt === null || endedAt === null) return ''
  return formatLength(Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1_000)
}

/** `38 s`, `5 min 28 s`: to the second up to an hour, because a service level is about seconds. */
function formatLength(seconds: number): string {
  if (seconds < 90 || seconds >= 3_600) return formatDuration(seconds * 1_000)
  const rest = Math.floor(seconds) % 60
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`
}

const serviceLevelWords: Readonly<Record<string, string>> = {
  in_sla: 'within the service level',
  not_in_sla: 'over the service level',
}

/** Everything about a part but its times, in a few words. */
export function describePart(part: SessionPart): string {
  const { word, menuPath, holdSeconds, targetSeconds, acwSeconds, kind } = part
  return [
    ...(word === null ? [] : [serviceLevelWords[word] ?? word.replaceAll('_', ' ')]),
    ...(menuPath === null ? [] : [menuPath]),
    ...(targetSeconds === null ? [] : [`target ${formatLength(targetSeconds)}`]),
    ...(holdSeconds === null || holdSeconds <= 0 ? [] : [`hold ${formatLength(holdSeconds)}`]),
    ...(kind === 'wrap_up' || acwSeconds === null || acwSeconds <= 0
      ? []
      : [`wrap-up ${formatLength(acwSeconds)}`]),
    ...toWhom(part),
  ].join(', ')
}

function toWhom({ kind, toAgent, toVirtualAgentId }: SessionPart): string[] {
  if (kind !== 'transfer') return []
  if (toAgent !== null) return [`to agent ${toAgent}`]
  return toVirtualAgentId === null ? [] : [`to virtual agent ${toVirtualAgentId}`]
}

/** `Agent 2`, `Virtual agent 7`; otherwise the name of the kind. */
export function whoOf({ kind, agent, virtualAgentId }: SessionPart): string {
  if (agent !== null) return `Agent ${agent}`
  if (virtualAgentId !== null) return `Virtual agent ${virtualAgentId}`
  return isAgents(kind) ? 'Agent' : looks[kind].name
}

function isAgents(kind: PartKind): boolean {
  return kind === 'talk' || kind === 'wrap_up' || kind === 'barge' || kind === 'attempt'
}

/** The track of a bar. */
export function trackOf(part: SessionPart): string {
  return part.kind === 'queue' ? 'Queue' : whoOf(part)
}
