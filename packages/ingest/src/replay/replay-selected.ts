import { type RejectionFilter, readRejection } from '@aftercall/warehouse/ledger/read-rejections'
import {
  countUnusableContents,
  type ReadContents,
  readRejectedContents,
  readRejectedMessages,
} from '@aftercall/warehouse/ledger/rejected-contents'
import {
  type LedgerFilter,
  type ReplayPlace,
  readLedgerPlaces,
  readRejectedPlaces,
  readSessionPlaces,
} from '@aftercall/warehouse/ledger/replay-places'
import { forEachItem } from './for-each-item.ts'
import type { OpenReplay } from './open-replay.ts'
import { addTo } from './replay-counts.ts'
import { replayKept } from './replay-kept.ts'
import { replayMessage } from './replay-message.ts'
import { replayPlace } from './replay-place.ts'

/** What to replay. */
export type ReplaySelection =
  /** Rejected objects, from their kept bytes. */
  | { kind: 'kept'; rejections: RejectionFilter }
  /** An object of a configured source: the caller has checked that. */
  | { kind: 'object'; place: ReplayPlace }
  | { kind: 'session'; session: { source: string; channel: 'call' | 'chat'; sessionId: string } }
  /** Rejected objects and messages, and objects of the ledger, from the bucket. */
  | { kind: 'selected'; rejections: RejectionFilter | undefined; ledger: LedgerFilter | undefined }

/** The rejection or session to replay does not exist. */
export class NothingToReplayError extends Error {
  override readonly name = 'NothingToReplayError'
  readonly code = 'nothing_to_replay'
  readonly retryable = false
}

/** Replays the selection page by page, so memory does not grow with the number of objects. */
export async function replaySelected(replay: OpenReplay, request: ReplaySelection): Promise<void> {
  const { db } = replay
  switch (request.kind) {
    case 'kept':
      await requireRejection(replay, request.rejections)
      return replayContents(replay, request.rejections)
    case 'object':
      return replayPlaces(replay, pagesOf(request.place))
    case 'session': {
      const { source, channel, sessionId } = request.session
      const places = await readSessionPlaces(db, request.session)
      if (places.length > 0) return replayPlaces(replay, pagesOf(...places))
      throw new NothingToReplayError(`no record of session ${source}/${channel}/${sessionId}`)
    }
    case 'selected': {
      const { rejections, ledger } = request
      if (rejections !== undefined) {
        await requireRejection(replay, rejections)
        await replayPlaces(replay, readRejectedPlaces(db, rejections))
        await replayMessages(replay, rejections)
      }
      if (ledger !== undefined) await replayPlaces(replay, readLedgerPlaces(db, ledger))
    }
  }
}

function replayPlaces(replay: OpenReplay, pages: AsyncIterable<readonly ReplayPlace[]>): Promise<void> {
  const { stopping, inFlightMax } = replay
  return forEachItem(pages, { inFlightMax, stopping: stopping.stop }, (place) =>
    replayPlace(replay, place, stopping),
  )
}

/** Few at a time, because each can be as large as an SQS message. */
function replayMessages(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { stop, breakOff } = replay.stopping
  return forEachItem(
    readRejectedMessages(replay.db, rejections, contentsOf(replay)),
    { inFlightMax: 16, stopping: stop },
    (message) => replayMessage(replay, message, breakOff),
  )
}

async function replayContents(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { db, replayCounts, stopping } = replay
  const unusable = await countUnusableContents(db, rejections)
  for (const [reason, number] of Object.entries(unusable))
    if (number > 0) addTo(replayCounts.counts, reason, number)
  const limits = { inFlightMax: 64, stopping: stopping.stop }
  await forEachItem(readRejectedContents(db, rejections, contentsOf(replay)), limits, (kept) =>
    replayKept(replay, kept, stopping.breakOff),
  )
}

/** Bytes whose key is gone are counted, and keep no other rejection from being replayed. */
function contentsOf({ opener, replayCounts }: OpenReplay): ReadContents {
  return { opener, onUnreadable: () => addTo(replayCounts.counts, 'unreadable') }
}

async function requireRejection({ db }: OpenReplay, { id }: RejectionFilter): Promise<void> {
  if (id === undefined || (await readRejection(db, id)) !== undefined) return
  throw new NothingToReplayError(`there is no rejection ${id}; to list rejections: aftercall rejections list`)
}

async function* pagesOf(...places: ReplayPlace[]): AsyncGenerator<ReplayPlace[]> {
  yield places
}
