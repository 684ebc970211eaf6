import { findSource } from '@aftercall/ingest/find-source'
import { forEachItem } from '@aftercall/ingest/replay/for-each-item'
import { addTo } from '@aftercall/ingest/replay/replay-counts'
import { replayKept } from '@aftercall/ingest/replay/replay-kept'
import { replayMessage } from '@aftercall/ingest/replay/replay-message'
import { replayPlace } from '@aftercall/ingest/replay/replay-place'
import { type RejectionFilter, readRejection } from '@aftercall/warehouse/ledger/read-rejections'
import {
  countUnusableContents,
  readRejectedContents,
  readRejectedMessages,
} from '@aftercall/warehouse/ledger/rejected-contents'
import {
  type ReplayPlace,
  readLedgerPlaces,
  readRejectedPlaces,
  readSessionPlaces,
} from '@aftercall/warehouse/ledger/replay-places'
import { UsageError } from '../cli-context.ts'
import { formatUnknownRejection } from '../rejections/show-rejection.ts'
import type { OpenReplay } from './open-replay.ts'
import type { ReplayRequest } from './parse-options.ts'

/** The rejection or session to replay does not exist. */
export class NothingToReplayError extends Error {
  override readonly name = 'NothingToReplayError'
  readonly code = 'nothing_to_replay'
  readonly retryable = false
}

type Selection = Exclude<ReplayRequest, { kind: 'sessions' | 'dead-letters' }>

/** Replays the selection page by page, so memory does not grow with the number of objects. */
export async function replaySelected(replay: OpenReplay, request: Selection): Promise<void> {
  const { db } = replay
  switch (request.kind) {
    case 'kept':
      await requireRejection(replay, request.rejections)
      return replayContents(replay, request.rejections)
    case 'object':
      return replayPlaces(replay, pagesOf(ownedPlace(replay, request.place)))
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
  const { stopping, atOnce } = replay
  return forEachItem(pages, { atOnce, stopping: stopping.stop }, (place) =>
    replayPlace(replay, place, stopping),
  )
}

/** Few at a time, because each can be as large as an SQS message. */
function replayMessages(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { stop, breakOff } = replay.stopping
  return forEachItem(readRejectedMessages(replay.db, rejections), { atOnce: 16, stopping: stop }, (message) =>
    replayMessage(replay, message, breakOff),
  )
}

async function replayContents(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { db, replayCounts, stopping } = replay
  const unusable = await countUnusableContents(db, rejections)
  for (const [reason, number] of Object.entries(unusable))
    if (number > 0) addTo(replayCounts.counts, reason, number)
  const limits = { atOnce: 64, stopping: stopping.stop }
  await forEachItem(readRejectedContents(db, rejections), limits, (kept) =>
    replayKept(replay, kept, stopping.breakOff),
  )
}

async function requireRejection({ db }: OpenReplay, { id }: RejectionFilter): Promise<void> {
  if (id === undefined || (await readRejection(db, id)) !== undefined) return
  throw new NothingToReplayError(formatUnknownRejection(id))
}

/** Objects outside the sources are never read, not even on request (I7). */
function ownedPlace({ ingest }: OpenReplay, { bucket, key }: ReplayPlace): ReplayPlace {
  if (findSource(ingest.sources, { bucket, key }) !== undefined) return { bucket, key }
  throw new UsageError(`s3://${bucket}/${key} is in no configured source`)
}

async function* pagesOf(...places: ReplayPlace[]): AsyncGenerator<ReplayPlace[]> {
  yield places
}
