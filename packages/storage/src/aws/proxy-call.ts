import { type Dispatcher, ProxyAgent } from 'undici'
import { BodyLostError, joinChunks } from '../objects/read-body.ts'
import {
  abortError,
  answerOfLong,
  brokenBody,
  declaredLength,
  errorBytesMax,
  isSuccess,
} from './collect-answer.ts'
import type { HttpAnswer, HttpHead, HttpRequest } from './http-message.ts'
import type { BodyTooSlowError, ProgressWatch } from './progress-watch.ts'

export type ProxyOptions = {
  connectionsMax: number
  connectTimeoutMs: number
  keepAliveMs: number
  progress: ProgressWatch
}

/** Makes calls through a proxy with undici, which opens the tunnels. */
export function openProxy(
  uri: string,
  { progress, ...options }: ProxyOptions,
): {
  call(request: HttpRequest): Promise<HttpAnswer>
  destroy(): void
} {
  const connect = { timeout: options.connectTimeoutMs }
  const dispatcher = new ProxyAgent({
    uri,
    connections: options.connectionsMax,
    keepAliveTimeout: options.keepAliveMs,
    proxyTls: connect,
    requestTls: connect,
    proxyTunnel: false,
  })
  return {
    call: (request) => dispatchWhole(dispatcher, request, progress),
    destroy: () => void dispatcher.destroy(),
  }
}

function dispatchWhole(
  dispatcher: Dispatcher,
  request: HttpRequest,
  progress: ProgressWatch,
): Promise<HttpAnswer> {
  const { method, origin, path, headers, body = null, signal, bytesMax = Number.POSITIVE_INFINITY } = request
  if (signal?.aborted) return Promise.reject(abortError())
  const { answerTimeoutMs: headersTimeout, idleTimeoutMs: bodyTimeout } = request
  return new Promise((resolve, reject) => {
    const handler = collectAnswer({ bytesMax, signal, progress, resolve, reject })
    dispatcher.dispatch({ method, origin, path, headers, body, headersTimeout, bodyTimeout }, handler)
  })
}

type Collecting = {
  bytesMax: number
  signal: AbortSignal | undefined
  progress: ProgressWatch
  resolve(answer: HttpAnswer): void
  reject(error: Error): void
}

/** Collects one answer, or gives up and closes the connection. Later events have no effect. */
function collectAnswer({
  bytesMax,
  signal,
  progress,
  resolve,
  reject,
}: Collecting): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let received = 0
  let head: HttpHead | undefined
  let connection: Dispatcher.DispatchController | undefined
  let endWatching: (() => void) | undefined
  signal?.addEventListener('abort', onAbort, { once: true })

  function onAbort(): void {
    fail(abortError())
    connection?.abort(abortError())
  }

  function end(answer: HttpAnswer): void {
    leave()
    resolve(answer)
  }

  function fail(error: Error): void {
    leave()
    reject(error)
  }

  function leave(): void {
    signal?.removeEventListener('abort', onAbort)
    endWatching?.()
  }

  function giveUpSlow(error: BodyTooSlowError): void {
    fail(new BodyLostError(received, error))
    connection?.abort(error)
  }

  function giveUp(known: HttpHead, sizeBytes: number): void {
    end(answerOfLong(known, sizeBytes, () => joinChunks(chunks, received)))
    connection?.abort(abortError())
  }

  return {
    onRequestStart(controller) {
      connection = controller
      if (signal?.aborted) controller.abort(abortError())
    },
    onResponseStart(_controller, statusCode, headers) {
      head = { statusCode, headers }
      const declared = declaredLength(headers)
      if (isSuccess(head) && declared !== undefined && declared > bytesMax) giveUp(head, declared)
      else endWatching = progress.watch({ bytesReceived: () => received, giveUp: giveUpSlow })
    },
    onResponseData(_controller, chunk) {
      received += chunk.byteLength
      chunks.push(chunk)
      if (head !== undefined && received > (isSuccess(head) ? bytesMax : errorBytesMax))
        giveUp(head, received)
    },
    onResponseEnd() {
      if (head !== undefined) end({ ...head, kind: 'answered', body: joinChunks(chunks, received) })
    },
    onResponseError(_controller, error) {
      fail(head === undefined ? error : brokenBody(head.headers, received, error))
    },
  }
}
