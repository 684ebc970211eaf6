/** The other side or the network did not continue in time. */
export class CallTimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'ETIMEDOUT'
  readonly retryable = true
  readonly phase: 'connect' | 'answer' | 'body'
  constructor(phase: 'connect' | 'answer' | 'body', timeoutMs: number) {
    super(`${phaseText[phase]} within ${timeoutMs} ms`)
    this.phase = phase
  }
}

const phaseText = {
  connect: 'no connection was made',
  answer: 'no answer began',
  body: 'nothing more of the body came',
} as const

/** The connection ended before the answer began. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError'
  readonly code = 'ECONNRESET'
  readonly retryable = true
}
