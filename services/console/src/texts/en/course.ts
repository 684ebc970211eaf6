import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import type { PartKind } from '@aftercall/warehouse/console/session-parts'
import type { BarStyle } from '../../drawing/bar-style.ts'

/** What happened in a session: its drawing and its table. */
export const course = {
  title: 'Course of the session',
  parts: (count: number): string => formatCount(count, 'part'),
  more: (count: number): string =>
    `It has more parts than a page can hold; the first ${formatCount(count, 'part is', 'parts are')} shown.`,
  nothing: 'The document says nothing about menus, queues, agents, or transfers.',
  caption: (timeless: number): string =>
    timeless === 0
      ? 'In the order of time'
      : `In the order of time; ${formatCount(timeless, 'part has', 'parts have')} no time and cannot be drawn`,
  comma: ', ',
  part: 'Part',
  who: 'Who',
  from: 'From',
  to: 'To',
  length: 'Length',
  kinds: {
    menu: 'Menu',
    virtual_agent: 'Virtual agent',
    hold_virtual_agent: 'Virtual agent while waiting',
    queue: 'Queue',
    talk: 'Talk',
    wrap_up: 'Wrap-up',
    barge: 'Barge',
    attempt: 'Attempt',
    consumer: 'Consumer',
    transfer: 'Transfer',
    survey: 'Survey',
    recording: 'Recording',
    escalation: 'Escalation',
    deflected_escalation: 'Deflected escalation',
    deflection: 'Deflection',
    offer: 'Offer',
    sms: 'SMS',
  } satisfies Record<PartKind, string>,
  events: 'Events',
  agent: (number: number | null): string => (number === null ? 'Agent' : `Agent ${number}`),
  virtualAgent: (id: string): string => `Virtual agent ${id}`,
  toAgent: (number: number): string => `to agent ${number}`,
  toVirtualAgent: (id: string): string => `to virtual agent ${id}`,
  /** To the second up to an hour, because a service level is about seconds. */
  seconds: (seconds: number): string => {
    if (seconds < 90 || seconds >= 3_600) return formatDuration(seconds * 1_000)
    const rest = Math.floor(seconds) % 60
    return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`
  },
  /** A word of the platform: a service level, an outcome, a reason, or a type. */
  word: (word: string): string =>
    word === 'in_sla'
      ? 'within the service level'
      : word === 'not_in_sla'
        ? 'over the service level'
        : word.replaceAll('_', ' '),
  sessionType: (type: string): string => type,
  channels: { call: 'call', chat: 'chat' },
  target: (length: string): string => `target ${length}`,
  hold: (length: string): string => `hold ${length}`,
  wrapUp: (length: string): string => `wrap-up ${length}`,
  fromTime: (time: string): string => `from ${time}`,
  drawing: 'Drawing of the session',
  drawingLabel: (parts: number, tracks: number): string =>
    `Timeline of ${formatCount(parts, 'part')} in ${formatCount(tracks, 'track')}; the table has the same parts`,
  leftOut: (duration: string): string => `${duration} left out`,
  styles: {
    menu: 'menu',
    virtual: 'virtual agent',
    wait: 'queue',
    'wait-in': 'queue, within the service level',
    'wait-out': 'queue, over it (dashed: the target)',
    talk: 'talk',
    wrap: 'wrap-up',
    barge: 'barge',
    attempt: 'attempt',
    consumer: 'consumer',
  } satisfies Record<BarStyle, string>,
  held: 'lighter at the end: hold, whose time the files do not tell',
  curve: 'curve: transfer (dashed: not taken)',
}
