import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { ConsoleEnv } from '../read-request.ts'
import type { Broadcast } from './create-broadcast.ts'

export type Streams = {
  /** Undefined while there are as many streams as there may be, and after `close`. */
  open(c: Context<ConsoleEnv>, broadcast: Broadcast): Response | undefined
  /** Ends all streams. Resolves when their clients have got the end. */
  close(): Promise<void>
}

export type StreamLimits = {
  streamsMax: number
  /** How long a stream lasts at most; its client then opens the next one. */
  streamMs: number
  /** How often something is sent although nothing has changed, because proxies and load balancers cut off idle connections. */
  signMs: number
}

const defaultLimits: StreamLimits = {
  streamsMax: 64,
  // Answers are cut off after 60 s (`answerMs`), so that no client holds a connection forever.
  streamMs: 50_000,
  signMs: 15_000,
}

/** Clients open the next stream after a random time, so that they do not all come at once when the console restarts. */
const againMs = { least: 1_000, spread: 4_000 }

/** Server-sent events. A stream says that something has changed, and not what: the page then asks as it does without a stream. */
export function openStreams(limits: Partial<StreamLimits> = {}): Streams {
  const { streamsMax, streamMs, signMs } = { ...defaultLimits, ...limits }
  const running = new Set<{ end(): void; closed: Promise<unknown> }>()
  let isClosed = false

  async function run(stream: SSEStreamingApi, broadcast: Broadcast, closed: Promise<unknown>): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const own = { end, closed }
    running.add(own)
    stream.onAbort(end)
    const lifetime = setTimeout(end, streamMs)
    const signs = setInterval(() => void stream.write(': still here\n\n'), signMs)
    const retry = againMs.least + Math.floor(Math.random() * againMs.spread)
    const stop = broadcast.follow(() => void stream.writeSSE({ event: 'changed', data: '', retry }))
    await ended
    stop()
    clearTimeout(lifetime)
    clearInterval(signs)
    running.delete(own)
  }

  return {
    open(c, broadcast) {
      if (isClosed || running.size >= streamsMax) return undefined
      const answer = streamSSE(c, (stream) => run(stream, broadcast, c.env.closed))
      answer.headers.set('cache-control', 'no-store, no-transform')
      // nginx would keep the events until its buffer is full.
      answer.headers.set('x-accel-buffering', 'no')
      return answer
    },
    close: async () => {
      isClosed = true
      const all = [...running]
      for (const { end } of all) end()
      await Promise.all(all.map(({ closed }) => closed))
    },
  }
}
