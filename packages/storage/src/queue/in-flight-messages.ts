import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { AckOrReturn } from './ack-or-return.ts'
import { claim, createInFlightMessage, type InFlightMessage } from './in-flight-message.ts'
import type { QueueEvents, ReturnReason } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'
import type { Heartbeat } from './visibility-heartbeat.ts'
import { createWaitGroup } from './wait-group.ts'

/** What to do with a message whose objects have all ended. */
export type Disposition = { kind: 'ack' } | { kind: 'return'; delaySeconds: number }

/** Decides whether to ack or return a message. The signal fires when the decision no longer counts. Should not throw. */
export type HandleMessage = (message: ReceivedMessage, signal: AbortSignal) => Promise<Disposition>

/** Takes each message from its receive to its end: keeps it invisible, handles it, and acks or returns it. */
export type InFlightMessages = {
  start(message: ReceivedMessage): void
  /** Makes a message visible again that no handler has seen. */
  returnUnhandled(message: ReceivedMessage): void
  /** Aborts the handlers that are still running, and makes their messages visible again. */
  returnUnfinished(): void
  /** Resolves when the handlers of all messages so far have finished and their messages have ended. */
  allHandled(): Promise<void>
  /** Resolves when nothing is being acked or returned. */
  noneEnding(): Promise<void>
  inFlight(): number
  /** The number of messages that were returned at shutdown, as confirmed by SQS. */
  returned(): number
}

export type InFlightMessagesOptions = {
  handle: HandleMessage
  heartbeat: Heartbeat
  ackOrReturn: AckOrReturn
  events: QueueEvents
  /** Called once for each message, when its handler has finished. */
  onHandled(): void
}

type Ending = { kind: 'ack' } | Return
type Return = { kind: 'return'; delaySeconds: number; reason: ReturnReason }

const thrownBackoff = { baseMs: 10_000, capMs: 900_000 }
const shutdownReturn: Return = { kind: 'return', delaySeconds: 0, reason: 'shutdown' }

export function createInFlightMessages(options: InFlightMessagesOptions): InFlightMessages {
  const { heartbeat, ackOrReturn } = options
  const messages = new Set<InFlightMessage>()
  const runningHandlers = createWaitGroup()
  const runningEndings = createWaitGroup()
  let returned = 0

  async function run(inFlight: InFlightMessage): Promise<void> {
    runningHandlers.begin()
    messages.add(inFlight)
    heartbeat.keep(inFlight)
    let ending: Ending
    try {
      const disposition = await options.handle(inFlight.message, inFlight.abort.signal)
      ending = disposition.kind === 'ack' ? disposition : { ...disposition, reason: 'disposition' }
    } catch (error) {
      ending = endingAfterThrow(inFlight, error)
    }
    if (claim(inFlight)) await end(inFlight, ending)
    messages.delete(inFlight)
    options.onHandled()
    runningHandlers.end()
  }

  function endingAfterThrow({ message, abort }: InFlightMessage, error: unknown): Ending {
    // A handler that stops on the signal has not failed, and its decision no longer counts.
    if (!abort.signal.aborted) options.events.handleFailed({ message, error })
    return { kind: 'return', delaySeconds: delayAfterThrow(message.receiveCount), reason: 'handle-failed' }
  }

  async function end(inFlight: InFlightMessage, ending: Ending): Promise<void> {
    runningEndings.begin()
    await heartbeat.release(inFlight)
    if (ending.kind === 'ack') await ackOrReturn.ack(inFlight)
    else await returnMessage(inFlight, ending)
    runningEndings.end()
  }

  async function returnMessage(inFlight: InFlightMessage, { delaySeconds, reason }: Return): Promise<void> {
    const confirmed = await ackOrReturn.return(inFlight, delaySeconds, reason)
    if (confirmed && reason === 'shutdown') returned += 1
  }

  function returnInFlight(inFlight: InFlightMessage): void {
    if (!claim(inFlight)) return
    inFlight.abort.abort(new Error('the consumer is stopping'))
    messages.delete(inFlight)
    void end(inFlight, shutdownReturn)
  }

  return {
    start: (message) => {
      void run(createInFlightMessage(message))
    },
    returnUnhandled: (message) => returnInFlight(createInFlightMessage(message)),
    returnUnfinished: () => {
      for (const inFlight of messages) returnInFlight(inFlight)
    },
    allHandled: runningHandlers.none,
    noneEnding: runningEndings.none,
    inFlight: () => messages.size,
    returned: () => returned,
  }
}

/** Doubles with each receive. At least half of it is certain: an immediate return would only use up the receives. */
function delayAfterThrow(receiveCount: number): number {
  const longestMs = backoffMs(receiveCount, { ...thrownBackoff, random: () => 1 })
  return Math.ceil((longestMs + backoffMs(receiveCount, thrownBackoff)) / 2_000)
}
