import type { Broadcast } from './create-broadcast.ts'
import { openStreams, type StreamLimits, type Streams } from './open-streams.ts'

/** What pages follow, as their `data-follow` says. Other pages are refreshed at an interval alone. */
export const followed = ['overview', 'actions'] as const
export type Followed = (typeof followed)[number]

export type Changes = { broadcasts: Record<Followed, Broadcast>; streams: Streams }

export function openChanges(broadcasts: Changes['broadcasts'], limits: Partial<StreamLimits> = {}): Changes {
  return { broadcasts, streams: openStreams(limits) }
}

export function isFollowed(name: string | undefined): name is Followed {
  return followed.some((one) => one === name)
}
