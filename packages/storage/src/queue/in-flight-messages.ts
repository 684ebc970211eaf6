import { backoffMs } from '@aftercall/runtime/limits/backoff'
import type { AckOrReturn } from './ack-or-return.ts'
import { claimForEnding, type InFlightMessage, startFlight } from './in-flight-message.ts'
import type { QueueEvents, ReturnReason } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'
import type { Heartbeat } from './visibility-heartbeat.ts'
import { createWaitGroup } from './wait-group.ts'

/** What to do with a message whose objects have all ended. */
export type Disposition = { kind: 'ack' } | { kind: 'return'; delaySeconds: number }

/** Decides about one message. The signal fires when the decision no longer counts. Should not throw. */
export type HandleMessage = (message: ReceivedMessage, signal: AbortSignal) => Promise<Disposition>

/** Brings messages from their receive to their end: held, handled, settled. */
export type InFlightMessages = {
  start(message: ReceivedMessage): void
  /** Makes a message visible again that was not handled at all. */
  handBack(message: ReceivedMessage): void
  /** Takes the messages that are still being handled away from their handles, and hands them back. */
  handBackOpen(): void
  /** Resolves when every message carried so far has ended, by its own handle. */
  idle(): Promise<void>
  /** Resolves when nothing is being acked or returned. */
  noneEnding(): Promise<void>
  inFlight(): number
  /** Messages whose hand-back SQS confirmed. */
  handedBack(): number
}

export type InFlightMessagesOptions = {
  handle: HandleMessage
  heartbeat: Heartbeat
  ackOrReturn: AckOrReturn
  events: QueueEvents
  /** Called once per carried message, when its handle has ended. */
  ended(): void
}

type Decision = { kind: 'ack' } | Return
type Return = { kind: 'return'; delaySeconds: number; reason: ReturnReason }

const THROWN_BACKOFF = { baseMs: 10_000, capMs: 900_000 }
const HAND_BACK: Return = { kind: 'return', delaySeconds: 0, reason: 'shutdown' }

export function createInFlightMessages(options: InFlightMessagesOptions): InFlightMessages {
  const { heartbeat, ackOrReturn } = options
  const holding = new Set<InFlightMessage>()
  const carrying = createWaitGroup()
  const settling = createWaitGroup()
  let handedBack = 0

  async function run(held: InFlightMessage): Promise<void> {
    carrying.begin()
    holding.add(held)
    heartbeat.keep(held)
    const decision = await decide(held, options)
    if (claimForEnding(held)) await settle(held, decision)
    holding.delete(held)
    options.ended()
    carrying.end()
  }

  async function settle(held: InFlightMessage, decision: Decision): Promise<void> {
    settling.begin()
    await heartbeat.release(held)
    if (decision.kind === 'ack') await ackOrReturn.ack(held)
    else await giveBack(held, decision)
    settling.end()
  }

  async function giveBack(held: InFlightMessage, { delaySeconds, reason }: Return): Promise<void> {
    const confirmed = await ackOrReturn.return(held, delaySeconds, reason)
    if (confirmed && reason === 'shutdown') handedBack += 1
  }

  function handBackHeld(held: InFlightMessage): void {
    if (!claimForEnding(held)) return
    held.abort.abort(new Error('the consumer is stopping'))
    holding.delete(held)
    void settle(held, HAND_BACK)
  }

  return {
    start: (message) => {
      void run(startFlight(message))
    },
    handBack: (message) => handBackHeld(startFlight(message)),
    handBackOpen: () => {
      for (const held of holding) handBackHeld(held)
    },
    idle: carrying.none,
    noneEnding: settling.none,
    inFlight: () => holding.size,
    handedBack: () => handedBack,
  }
}

async function decide(held: InFlightMessage, options: InFlightMessagesOptions): Promise<Decision> {
  const { message, abort } = held
  try {
    const disposition = await options.handle(message, abort.signal)
    return disposition.kind === 'ack' ? disposition : { ...disposition, reason: 'disposition' }
  } catch (error) {
    // A handle that breaks off when told to has not failed, and its decision does not count any more.
    if (!abort.signal.aborted) options.events.handleFailed({ message, error })
    return { kind: 'return', delaySeconds: delayAfterThrow(message.receiveCount), reason: 'handle-failed' }
  }
}

/** Doubles with each receive; at least half of it, because at once would only use up the receives. */
function delayAfterThrow(receiveCount: number): number {
  const longestMs = backoffMs(receiveCount, { ...THROWN_BACKOFF, random: () => 1 })
  return Math.ceil((longestMs + backoffMs(receiveCount, THROWN_BACKOFF)) / 2_000)
}
