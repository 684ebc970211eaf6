import type { AdviceStep } from '@aftercall/operator/advice-for'
import { failureNote } from '@aftercall/operator/failure-codes/failure-note'
import type { FailureNote } from '@aftercall/operator/failure-codes/note'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatCount, formatTimes } from '@aftercall/operator/format/plural'
import type { RejectionState } from '@aftercall/warehouse/ledger/read-rejections'
import type { Words } from '../marked.ts'

export const rejections = {
  title: 'Rejections',
  titleOf: (source: string): string => `Rejections of ${source}`,
  lead: 'Objects and messages that cannot be used as they are. Trying again does not help. Each is kept with its reason until it is replayed or ignored.',
  ofAllSources: 'Rejections of all sources',
  nothing: 'Nothing is rejected',
  nothingText: 'Rejections appear here by reason, with what to do about them.',
  caption: 'Open rejections by reason',
  reason: 'Reason',
  open: 'Open',
  toDo: 'To do',
  sources: 'Sources',
  firstSeen: 'First seen',
  lastSeen: 'Last seen',
  lookAtEach: 'look at the reason of each rejection',
  repaired: 'When the cause is repaired',
  repairedText: 'This command replays all of them. What still cannot be used stays here.',
}

export const rejectionGroup = {
  lead: ({ meaning, toDo }: FailureNote): Words =>
    `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}. To do: ${toDo}.`,
  ofSource: (source: Words, all: Words): Words => ['Of ', source, '. ', all],
  ofAllSources: 'Of all sources',
  state: 'State',
  states: { open: 'open', replayed: 'replayed', ignored: 'ignored' } satisfies Record<RejectionState, string>,
  none: (state: RejectionState): string => `No rejection with this code is ${state}`,
  all: 'All rejections',
  older: 'Older rejections',
  replayPicked: 'Replay those picked…',
  ignorePicked: 'Ignore those picked…',
  reopenPicked: 'Reopen those picked…',
  caption: (count: number): string =>
    `${formatCount(count, 'rejection')} on this page, the most recent first`,
  place: 'Object or message',
  detail: 'Detail',
  seen: 'Seen',
  times: formatTimes,
  replayAll: 'Replay all…',
  ignoreAll: 'Ignore all…',
  /** What was rejected, where it is no object. */
  message: (id: string | null): string => (id === null ? 'a message without an id' : `message ${id}`),
}

export const rejection = {
  title: (id: string): string => `Rejection ${id}`,
  note: failureNote,
  whatToDo: 'What to do',
  advice: (step: AdviceStep, _code: string): Words => step.say,
  /** After a step, before its command. */
  colon: ':',
  replay: 'Replay…',
  replayKept: 'Replay from the kept bytes…',
  ignore: 'Ignore…',
  reopen: 'Reopen…',
  noSource: 'none: no source is configured for it',
  history: 'History',
  historyOfObject: 'History of the object',
  version: 'Version',
  size: 'Size',
  sizes: (bytes: number | null, kept: number | null): string => {
    if (bytes === null) return 'unknown: it was not read'
    if (kept === null) return `${formatBytes(bytes)}, no longer kept`
    return kept < bytes
      ? `${formatBytes(bytes)}, of which the first ${formatBytes(kept)} are kept`
      : `${formatBytes(bytes)}, kept`
  },
  inLedger: 'In the ledger',
  noObject: 'none: the message names no object',
  notInLedger: 'the object is not in the ledger',
  since: (outcome: string, code: string | null, when: Words): Words => [
    `${outcome}${code === null ? '' : ` (${code})`} since `,
    when,
  ],
}
