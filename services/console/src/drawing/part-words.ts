import type { PartKind, SessionPart } from '@aftercall/warehouse/console/session-parts'
import type { Texts } from '../texts/en.ts'
import type { BarStyle } from './bar-style.ts'

/** What parts are called. */
export type Course = Texts['course']

/** How a part is drawn. */
type Look = { shape: 'bar'; style: BarStyle } | { shape: 'curve' } | { shape: 'mark'; letter: string }

export const looks: Record<PartKind, Look> = {
  menu: { shape: 'bar', style: 'menu' },
  virtual_agent: { shape: 'bar', style: 'virtual' },
  hold_virtual_agent: { shape: 'bar', style: 'virtual' },
  queue: { shape: 'bar', style: 'wait' },
  talk: { shape: 'bar', style: 'talk' },
  wrap_up: { shape: 'bar', style: 'wrap' },
  barge: { shape: 'bar', style: 'barge' },
  attempt: { shape: 'bar', style: 'attempt' },
  consumer: { shape: 'bar', style: 'consumer' },
  transfer: { shape: 'curve' },
  survey: { shape: 'mark', letter: 'S' },
  recording: { shape: 'mark', letter: 'R' },
  escalation: { shape: 'mark', letter: 'E' },
  deflected_escalation: { shape: 'mark', letter: 'X' },
  deflection: { shape: 'mark', letter: 'D' },
  offer: { shape: 'mark', letter: 'O' },
  sms: { shape: 'mark', letter: 'M' },
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
export function lengthOf(
  { kind, startedAt, endedAt, seconds, acwSeconds }: SessionPart,
  course: Course,
): string {
  const own = kind === 'wrap_up' ? acwSeconds : seconds
  if (own !== null) return course.seconds(Math.max(0, own))
  if (startedAt === null || endedAt === null) return ''
  return course.seconds(Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1_000)
}

/** Everything about a part but its times, in a few words. */
export function describePart(part: SessionPart, course: Course): string {
  const { word, menuPath, holdSeconds, targetSeconds, acwSeconds, kind } = part
  return [
    ...(word === null ? [] : [course.word(word)]),
    ...(menuPath === null ? [] : [menuPath]),
    ...(targetSeconds === null ? [] : [course.target(course.seconds(targetSeconds))]),
    ...(holdSeconds === null || holdSeconds <= 0 ? [] : [course.hold(course.seconds(holdSeconds))]),
    ...(kind === 'wrap_up' || acwSeconds === null || acwSeconds <= 0
      ? []
      : [course.wrapUp(course.seconds(acwSeconds))]),
    ...toWhom(part, course),
  ].join(course.comma)
}

function toWhom({ kind, toAgent, toVirtualAgentId }: SessionPart, course: Course): string[] {
  if (kind !== 'transfer') return []
  if (toAgent !== null) return [course.toAgent(toAgent)]
  return toVirtualAgentId === null ? [] : [course.toVirtualAgent(toVirtualAgentId)]
}

/** `Agent 2`, `Virtual agent 7`; otherwise the name of the kind. */
export function whoOf({ kind, agent, virtualAgentId }: SessionPart, course: Course): string {
  if (agent !== null) return course.agent(agent)
  if (virtualAgentId !== null) return course.virtualAgent(virtualAgentId)
  return isAgents(kind) ? course.agent(null) : course.kinds[kind]
}

function isAgents(kind: PartKind): boolean {
  return kind === 'talk' || kind === 'wrap_up' || kind === 'barge' || kind === 'attempt'
}

/** The track of a bar. */
export function trackOf(part: SessionPart, course: Course): string {
  return part.kind === 'queue' ? course.kinds.queue : whoOf(part, course)
}
