import type { FailureCode } from '../aws/error-class.ts'
import { batchEntriesMax, type EntryAnswer, type QueueClient, setVisibilityBatch } from './batch-calls.ts'
import { type InFlightMessage, inFlightMs, inFlightSecondsLimit } from './in-flight-message.ts'
import type { QueueEvents } from './queue-events.ts'

/** Keeps messages invisible while their handlers run. */
export type Heartbeat = {
  keep(inFlight: InFlightMessage): void
  /**
   * Stops the extensions of this message. Resolves when the last one has ended; undefined when none is running. Ack or
   * return the message only then: an extension that overtakes a return would undo its delay.
   */
  release(inFlight: InFlightMessage): Promise<void> | undefined
  /** Stops all extensions at once and aborts the running calls. */
  stop(): void
}

export type HeartbeatOptions = QueueClient & {
  /** The visibility timeout of the receive and of each extension. */
  visibilitySeconds: number
  /** After this long a message counts as lost. Below SQS's own limit, at which SQS refuses to extend it. */
  inFlightSecondsMax: number
  events: QueueEvents
}

/** Leaves some time before SQS's 12 hours, for the duration of a call and for clocks that differ. */
export const inFlightSecondsDefault = inFlightSecondsLimit - 120

type Beat = { dueAtMs: number; extending: Promise<void> | undefined }

/** SQS's answers for a receipt that has expired, that a later receive has replaced, or whose message is gone. */
const lostCodes: readonly FailureCode[] = ['receipt_invalid', 'invalid_request']

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const visibilityMs = options.visibilitySeconds * 1_000
  const beats = new Map<InFlightMessage, Beat>()
  const stopping = new AbortController()
  let ticking: NodeJS.Timeout | undefined

  function keep(inFlight: InFlightMessage): void {
    beats.set(inFlight, { dueAtMs: inFlight.receivedAtMs + visibilityMs / 2, extending: undefined })
    // A tick collects what became due since the last one. So an extension happens after 4/8 to 5/8 of the timeout, in
    // batches, and a failed one has two more tries before the message becomes visible.
    if (!stopping.signal.aborted) ticking ??= setInterval(tick, visibilityMs / 8)
  }

  function tick(): void {
    const nowMs = performance.now()
    const due: InFlightMessage[] = []
    for (const [inFlight, beat] of beats) {
      if (beat.extending !== undefined) continue
      if (inFlightMs(inFlight) >= options.inFlightSecondsMax * 1_000) lose(inFlight, 'held-too-long')
      else if (nowMs >= beat.dueAtMs) due.push(inFlight)
    }
    for (let start = 0; start < due.length; start += batchEntriesMax) {
      const batch = due.slice(start, start + batchEntriesMax)
      const extending = extend(batch, nowMs)
      for (const inFlight of batch) setExtending(inFlight, extending)
    }
  }

  /** Never rejects: the calls return failures as values, and events do not throw. */
  async function extend(batch: readonly InFlightMessage[], nowMs: number): Promise<void> {
    const entries = batch.map((inFlight) => ({
      message: inFlight.message,
      visibilitySeconds: secondsFor(inFlight),
    }))
    const answers = await setVisibilityBatch(options, entries, stopping.signal)
    const failed = batch.filter((inFlight, position) => !readAnswer(inFlight, answers[position], nowMs))
    const first = answers.find((answer) => answer.kind === 'failed' && !isLost(answer))
    if (failed.length > 0 && first?.kind === 'failed' && !stopping.signal.aborted) {
      options.events.heartbeatFailed({
        messages: failed.map((inFlight) => inFlight.message),
        error: first.error,
      })
    }
  }

  /** Returns false when the extension must be tried again. */
  function readAnswer(inFlight: InFlightMessage, answer: EntryAnswer | undefined, sentAtMs: number): boolean {
    const beat = beats.get(inFlight)
    // Released during the call: the message is being acked or returned, and only that answer counts.
    if (beat === undefined) return true
    beat.extending = undefined
    if (answer?.kind === 'done') {
      beat.dueAtMs = sentAtMs + visibilityMs / 2
      return true
    }
    if (answer === undefined || !isLost(answer)) return false
    lose(inFlight, 'receipt-invalid')
    return true
  }

  function lose(inFlight: InFlightMessage, reason: 'receipt-invalid' | 'held-too-long'): void {
    beats.delete(inFlight)
    if (inFlight.stage !== 'handling') return
    inFlight.stage = 'lost'
    options.events.receiptLost({ message: inFlight.message, reason })
    inFlight.abort.abort(new Error(`the message is lost: ${reason}`))
  }

  function setExtending(inFlight: InFlightMessage, extending: Promise<void>): void {
    const beat = beats.get(inFlight)
    if (beat !== undefined) beat.extending = extending
  }

  function secondsFor(inFlight: InFlightMessage): number {
    const leftSeconds = Math.floor(options.inFlightSecondsMax - inFlightMs(inFlight) / 1_000)
    return Math.max(1, Math.min(options.visibilitySeconds, leftSeconds))
  }

  return {
    keep,
    release: (inFlight) => {
      const beat = beats.get(inFlight)
      beats.delete(inFlight)
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
    answer.kind === 'failed' && answer.error.messageId !== undefined && lostCodes.includes(answer.error.code)
  )
}
