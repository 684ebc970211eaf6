import { abortError, type Collecting, collectAnswer, type Exchange } from './collect-answer.ts'
import { CallTimeoutError, ConnectionClosedError } from './connection-errors.ts'
import type { OpenSocket } from './open-socket.ts'
import type { ProgressWatch } from './progress-watch.ts'
import { writeHttpRequest } from './write-http-request.ts'

export type ConnectionOptions = {
  connectTimeoutMs: number
  /** An idle connection is closed after this time. */
  keepAliveMs: number
  progress: ProgressWatch
  /** For what arrives on any connection: each piece is used up before the next is read. */
  readBuffer: Buffer
  isFree(connection: Connection): void
  isGone(connection: Connection): void
}

/**
 * One connection, with one exchange at a time. If the connection ends, its exchange is rejected with the reason. It also ends
 * after an answer that is given up or that has no other end.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: ReturnType<OpenSocket>['socket']
  #collecting: Collecting | undefined
  #phase: 'connect' | 'answer' | 'body' | 'idle' = 'connect'
  /** When the phase times out. */
  #deadlineMs: number
  #isReady = false
  #isOver = false

  constructor(openSocket: OpenSocket, options: ConnectionOptions) {
    this.#options = options
    this.#deadlineMs = performance.now() + options.connectTimeoutMs
    const { readBuffer: buffer } = options
    const { socket, readyEvent } = openSocket({
      buffer,
      callback: (bytes) => {
        this.#receive(buffer.subarray(0, bytes))
        return true
      },
    })
    this.#socket = socket
    socket.once(readyEvent, () => {
      this.#isReady = true
      this.#send()
    })
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new ConnectionClosedError('the other side closed the connection')))
  }

  /** Only for a new connection, or one that has reported that it is free. */
  start(exchange: Exchange): void {
    this.#collecting = collectAnswer(exchange, {
      progress: this.#options.progress,
      onEnd: (isReusable, keepAliveMs) => this.#onEnd(isReusable, keepAliveMs),
      giveUp: () => this.#giveUp(),
    })
    exchange.request.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (!this.#isReady) return
    this.#socket.ref()
    this.#send()
  }

  /** Checks the timeout. `heldUpMs` is time in which this process could not read. */
  tick(nowMs: number, heldUpMs: number): void {
    this.#deadlineMs += heldUpMs
    if (nowMs < this.#deadlineMs) return
    if (this.#phase === 'idle') this.#end(undefined)
    else this.#end(new CallTimeoutError(this.#phase, this.#timeoutMs(this.#phase)))
  }

  destroy(): void {
    this.#end(abortError())
  }

  #send(): void {
    const request = this.#collecting?.exchange.request
    if (request === undefined) return
    this.#enter('answer')
    try {
      this.#socket.write(writeHttpRequest(request), request.body === undefined ? 'latin1' : 'utf8')
    } catch (error) {
      this.#end(asError(error))
    }
  }

  #receive(piece: Buffer): void {
    if (this.#isOver) return
    const collecting = this.#collecting
    if (collecting === undefined) {
      this.#end(new ConnectionClosedError('an answer came that nothing asked for'))
      return
    }
    try {
      collecting.reader.take(piece)
    } catch (error) {
      this.#end(asError(error))
      return
    }
    if (this.#collecting === collecting && collecting.hasHead()) this.#enter('body')
  }

  #enter(phase: 'answer' | 'body'): void {
    this.#phase = phase
    this.#deadlineMs = performance.now() + this.#timeoutMs(phase)
  }

  #timeoutMs(phase: 'connect' | 'answer' | 'body'): number {
    const request = this.#collecting?.exchange.request
    if (phase === 'connect' || request === undefined) return this.#options.connectTimeoutMs
    return phase === 'answer' ? request.answerTimeoutMs : request.idleTimeoutMs
  }

  /** The answer is complete, and its exchange is resolved. */
  #onEnd(isReusable: boolean, keepAliveMs: number): void {
    this.#leave()
    if (this.#isOver) return
    if (!isReusable) {
      this.#end(undefined)
      return
    }
    this.#phase = 'idle'
    this.#deadlineMs = performance.now() + Math.min(keepAliveMs, this.#options.keepAliveMs)
    this.#socket.unref()
    this.#options.isFree(this)
  }

  /** The exchange is resolved or rejected, and the rest of its answer is not wanted. */
  #giveUp(): void {
    this.#leave()
    this.#end(undefined)
  }

  #onAbort = (): void => this.#end(abortError())

  #leave(): void {
    this.#collecting?.exchange.request.signal?.removeEventListener('abort', this.#onAbort)
    this.#collecting = undefined
  }

  #end(error: Error | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const unanswered = this.#collecting
    this.#leave()
    this.#socket.destroy()
    unanswered?.fail(error ?? abortError())
    this.#options.isGone(this)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
