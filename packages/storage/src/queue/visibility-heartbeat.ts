import type { FailureCode } from '../aws/error-class.ts'
import { BATCH_ENTRIES_MAX, type EntryAnswer, type QueuePlace, setVisibilityBatch } from './batch-calls.ts'
import { HOLD_SECONDS_MAX, heldMs, type InFlightMessage } from './in-flight-message.ts'
import type { QueueEvents } from './queue-events.ts'

/** Keeps held messages invisible while they are worked on. */
export type Heartbeat = {
  keep(held: InFlightMessage): void
  /**
   * Resolves when no extension of this message is under way any more; undefined when none is. Settle it only then: an
   * extension that overtook a return would undo its delay.
   */
  release(held: InFlightMessage): Promise<void> | undefined
  /** Ends all extensions at once, also those under way. */
  stop(): void
}

export type HeartbeatOptions = QueuePlace & {
  /** What the receive asked for, and each extension asks for again. */
  visibilitySeconds: number
  /** After this long a message is given up as lost. Below SQS's own limit, which would refuse the extension. */
  holdSecondsMax: number
  events: QueueEvents
}

/** Spare time before SQS's 12 hours, for the way of a call and for clocks that differ. */
export const HOLD_SECONDS_DEFAULT = HOLD_SECONDS_MAX - 120

type Beat = { dueAtMs: number; extending: Promise<void> | undefined }

/** SQS's answers for a receipt that ran out, was replaced by another receive, or whose message is gone. */
const LOST_CODES: readonly FailureCode[] = ['receipt_invalid', 'invalid_request']

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const visibilityMs = options.visibilitySeconds * 1_000
  const beats = new Map<InFlightMessage, Beat>()
  const stopping = new AbortController()
  let ticking: NodeJS.Timeout | undefined

  function keep(held: InFlightMessage): void {
    beats.set(held, { dueAtMs: held.receivedAtMs + visibilityMs / 2, extending: undefined })
    // A tick gathers what came due since the last one: an extension happens after 4/8 to 5/8 of the timeout, in
    // batches, and a failed one has two more tries before the message becomes visible.
    if (!stopping.signal.aborted) ticking ??= setInterval(tick, visibilityMs / 8)
  }

  function tick(): void {
    const nowMs = performance.now()
    const due: InFlightMessage[] = []
    for (const [held, beat] of beats) {
      if (beat.extending !== undefined) continue
      if (heldMs(held) >= options.holdSecondsMax * 1_000) lose(held, 'held-too-long')
      else if (nowMs >= beat.dueAtMs) due.push(held)
    }
    for (let start = 0; start < due.length; start += BATCH_ENTRIES_MAX) {
      const batch = due.slice(start, start + BATCH_ENTRIES_MAX)
      const extending = extend(batch, nowMs)
      for (const held of batch) setExtending(held, extending)
    }
  }

  /** Never rejects: the calls answer failures as values, and events do not throw. */
  async function extend(batch: readonly InFlightMessage[], nowMs: number): Promise<void> {
    const entries = batch.map((held) => ({ message: held.message, visibilitySeconds: secondsFor(held) }))
    const answers = await setVisibilityBatch(options, entries, stopping.signal)
    const failed = batch.filter((held, position) => !readAnswer(held, answers[position], nowMs))
    const first = answers.find((answer) => answer.kind === 'failed' && !isLost(answer))
    if (failed.length > 0 && first?.kind === 'failed' && !stopping.signal.aborted) {
      options.events.heartbeatFailed({ messages: failed.map((held) => held.message), error: first.error })
    }
  }

  /** False when the extension has to be tried again. */
  function readAnswer(held: InFlightMessage, answer: EntryAnswer | undefined, sentAtMs: number): boolean {
    const beat = beats.get(held)
    // Released while the call was under way: it is being settled, and that answer counts.
    if (beat === undefined) return true
    beat.extending = undefined
    if (answer?.kind === 'done') {
      beat.dueAtMs = sentAtMs + visibilityMs / 2
      return true
    }
    if (answer === undefined || !isLost(answer)) return false
    lose(held, 'receipt-invalid')
    return true
  }

  function lose(held: InFlightMessage, reason: 'receipt-invalid' | 'held-too-long'): void {
    beats.delete(held)
    if (held.stage !== 'open') return
    held.stage = 'lost'
    options.events.receiptLost({ message: held.message, reason })
    held.abort.abort(new Error(`the message is lost: ${reason}`))
  }

  function setExtending(held: InFlightMessage, extending: Promise<void>): void {
    const beat = beats.get(held)
    if (beat !== undefined) beat.extending = extending
  }

  function secondsFor(held: InFlightMessage): number {
    const leftSeconds = Math.floor(options.holdSecondsMax - heldMs(held) / 1_000)
    return Math.max(1, Math.min(options.visibilitySeconds, leftSeconds))
  }

  return {
    keep,
    release: (held) => {
      const beat = beats.get(held)
      beats.delete(held)
      return beat?.extending
    },
    stop: () => {
      clearInterval(ticking)
      stopping.abort()
    },
  }
}

function isLost(answer: EntryAnswer): boolean {
  return (
    answer.kind === 'failed' && answer.error.messageId !== undefined && LOST_CODES.includes(answer.error.code)
  )
}
