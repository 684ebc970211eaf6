/** A message is only a number until it is received, so a million of them need no memory. */
export type HandedOut = {
  number: number
  receiptHandle: string
  receiveCount: number
  sentMs: number
}

export type FastQueue = {
  /** Adds messages, with numbers that continue from the last one. */
  send(count: number): void
  /** Returns the total number of messages so far, and resets the counts. */
  startCounting(): { sent: number }
  receive(max: number, visibilityMs: number): HandedOut[]
  /** False for an unknown receipt handle. */
  remove(receiptHandle: string): boolean
  setVisibility(receiptHandle: string, visibilityMs: number): boolean
  state(): QueueState
}

export type QueueState = {
  waiting: number
  inFlight: number
  deleted: number
  firstReceiveMs: number | null
  lastDeleteMs: number | null
  /** The time from send to delete of each message, if requested. */
  ackDelaysMs: number[]
}

export type FastQueueOptions = { keepsDelays: boolean }

/** A standard queue with visibility timeouts. Times are from `Date.now()`. */
export function createFastQueue({ keepsDelays }: FastQueueOptions): FastQueue {
  /** Every message with a lower number has been received at least once. */
  let next = 0
  let sent = 0
  let deleted = 0
  let firstReceiveMs: number | null = null
  let lastDeleteMs: number | null = null
  const sends: { from: number; sentMs: number }[] = []
  const returned: number[] = []
  const receiveCounts = new Map<number, number>()
  const invisibleUntilMs = new Map<number, number>()
  let ackDelaysMs: number[] = []

  function receive(max: number, visibilityMs: number): HandedOut[] {
    const now = Date.now()
    bringBack(now)
    const handedOut: HandedOut[] = []
    while (handedOut.length < max) {
      const number = returned.shift() ?? (next < sent ? next++ : undefined)
      if (number === undefined) break
      const receiveCount = (receiveCounts.get(number) ?? 0) + 1
      receiveCounts.set(number, receiveCount)
      invisibleUntilMs.set(number, now + visibilityMs)
      const receiptHandle = `${number}.${receiveCount}.AQEBbenchbenchbenchbenchbenchbenchbenchbenchbench`
      handedOut.push({ number, receiptHandle, receiveCount, sentMs: sentMsOf(number) })
    }
    if (handedOut.length > 0) firstReceiveMs ??= now
    return handedOut
  }

  let checkedMs = 0
  /** Checked every 100 ms, because scanning all messages in flight takes time. */
  function bringBack(now: number): void {
    if (now - checkedMs < 100) return
    checkedMs = now
    for (const [number, untilMs] of invisibleUntilMs) {
      if (untilMs > now) continue
      invisibleUntilMs.delete(number)
      returned.push(number)
    }
  }

  function sentMsOf(number: number): number {
    return sends.findLast(({ from }) => from <= number)?.sentMs ?? 0
  }

  function remove(receiptHandle: string): boolean {
    const number = Number.parseInt(receiptHandle, 10)
    const wasInFlight = invisibleUntilMs.delete(number)
    if (!wasInFlight) return number < next
    receiveCounts.delete(number)
    deleted += 1
    lastDeleteMs = Date.now()
    if (keepsDelays) ackDelaysMs.push(lastDeleteMs - sentMsOf(number))
    return true
  }

  function setVisibility(receiptHandle: string, visibilityMs: number): boolean {
    const number = Number.parseInt(receiptHandle, 10)
    if (!invisibleUntilMs.has(number)) return false
    invisibleUntilMs.set(number, Date.now() + visibilityMs)
    return true
  }

  return {
    send: (count) => {
      sends.push({ from: sent, sentMs: Date.now() })
      sent += count
    },
    startCounting: () => {
      deleted = 0
      firstReceiveMs = null
      lastDeleteMs = null
      ackDelaysMs = []
      return { sent }
    },
    receive,
    remove,
    setVisibility,
    state: () => {
      const [waiting, inFlight] = [sent - next + returned.length, invisibleUntilMs.size]
      return { waiting, inFlight, deleted, firstReceiveMs, lastDeleteMs, ackDelaysMs }
    },
  }
}
