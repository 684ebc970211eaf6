import { forEachItem } from '@aftercall/ingest/replay/for-each-item'
import { addTo } from '@aftercall/ingest/replay/replay-counts'
import { replayKept } from '@aftercall/ingest/replay/replay-kept'
import { replayMessage } from '@aftercall/ingest/replay/replay-message'
import { replayPlace } from '@aftercall/ingest/replay/replay-place'
import { findSource } from '@aftercall/ingest/sources/find-source'
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
import { notThere } from '../rejections/show-rejection.ts'
import type { OpenReplay } from './open-replay.ts'
import type { ReplayRequest } from './replay-request.ts'

/** What was named is not there. */
export class NothingToReplayError extends Error {
  override readonly name = 'NothingToReplayError'
  readonly code = 'nothing_to_replay'
  readonly retryable = false
}

type Selection = Exclude<ReplayRequest, { kind: 'sessions' | 'dead-letters' }>

/** Takes what is meant, page by page: any number of objects takes the same memory. */
export async function replaySelected(replay: OpenReplay, request: Selection): Promise<void> {
  const { db } = replay
  switch (request.kind) {
    case 'kept':
      await checkThere(replay, request.rejections)
      return replayContents(replay, request.rejections)
    case 'object':
      return replayPlaces(replay, pagesOf(ownedPlace(replay, request.place)))
    case 'session': {
      const { source, channel, sessionId } = request.session
      const places = await readSessionPlaces(db, request.session)
      if (places.length > 0) return replayPlaces(replay, pagesOf(...places))
      throw new NothingToReplayError(`nothing is known of session ${source}/${channel}/${sessionId}`)
    }
    case 'selected': {
      const { rejections, ledger } = request
      if (rejections !== undefined) {
        await checkThere(replay, rejections)
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

/** A few at a time, because each can be as large as a message may be. */
function replayMessages(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { stop, breakOff } = replay.stopping
  return forEachItem(
    readRejectedMessages(replay.db, rejections),
    { inFlightMax: 16, stopping: stop },
    (message) => replayMessage(replay, message, breakOff),
  )
}

async function replayContents(replay: OpenReplay, rejections: RejectionFilter): Promise<void> {
  const { db, replayCounts, stopping } = replay
  const unusable = await countUnusableContents(db, rejections)
  for (const [why, number] of Object.entries(unusable))
    if (number > 0) addTo(replayCounts.counts, why, number)
  const taking = { inFlightMax: 64, stopping: stopping.stop }
  await forEachItem(readRejectedContents(db, rejections), taking, (kept) =>
    replayKept(replay, kept, stopping.breakOff),
  )
}

async function checkThere({ db }: OpenReplay, { id }: RejectionFilter): Promise<void> {
  if (id === undefined || (await readRejection(db, id)) !== undefined) return
  throw new NothingToReplayError(notThere(id))
}

/** Nothing outside of the sources is read, whoever asks for it (I7). */
function ownedPlace({ ingest }: OpenReplay, { bucket, key }: ReplayPlace): ReplayPlace {
  if (findSource(ingest.sources, { bucket, key }) !== undefined) return { bucket, key }
  throw new UsageError(`s3://${bucket}/${key} lies in no source of the configuration`)
}

async function* pagesOf(...places: ReplayPlace[]): AsyncGenerator<ReplayPlace[]> {
  yield places
}
