import { abortableWait } from '../limits/abortable-wait.ts'

export type Release = () => void | Promise<void>

export type Released =
  | { kind: 'released' }
  /** Releases that failed or did not finish in time, in the order of release. */
  | { kind: 'incomplete'; names: string[] }

export type Releasers = AsyncDisposable & {
  /** Registers a release. If the release of all has already begun, it runs at once. */
  register(name: string, release: Release): void
  /** Runs the releases in reverse order, one after the other. Never rejects. A second call has no effect. */
  releaseAll(): Promise<Released>
}

export type ReleasersOptions = {
  /** For all releases together. After it the rest are still started, but not awaited. */
  timeLimitMs: number
  /** Also called with a `ReleaseTimeoutError` for the release that was running at the time limit. */
  onError(name: string, error: unknown): void
}

export class ReleaseTimeoutError extends Error {
  override readonly name = 'ReleaseTimeoutError'
  readonly code = 'release_timeout'
}

export function createReleasers({ timeLimitMs, onError }: ReleasersOptions): Releasers {
  const registered: { name: string; release: Release }[] = []
  let releasing: Promise<Released> | undefined

  function register(name: string, release: Release): void {
    if (releasing === undefined) registered.push({ name, release })
    else void attempt(name, release)
  }

  function releaseAll(): Promise<Released> {
    releasing ??= releaseInReverse()
    return releasing
  }

  async function releaseInReverse(): Promise<Released> {
    const names: string[] = []
    const finished = new AbortController()
    const timeOver = abortableWait(timeLimitMs, finished.signal).then(
      () => 'late' as const,
      () => 'late' as const,
    )
    let late = false
    for (const { name, release } of registered.toReversed()) {
      const done = attempt(name, release)
      const ending = late ? 'late' : await Promise.race([done, timeOver])
      if (ending !== 'done') names.push(name)
      if (ending === 'late' && !late) {
        late = true
        onError(name, new ReleaseTimeoutError(`not released within ${timeLimitMs} ms`))
      }
    }
    finished.abort()
    return names.length === 0 ? { kind: 'released' } : { kind: 'incomplete', names }
  }

  async function attempt(name: string, release: Release): Promise<'done' | 'failed'> {
    try {
      await release()
      return 'done'
    } catch (error) {
      onError(name, error)
      return 'failed'
    }
  }

  return {
    register,
    releaseAll,
    [Symbol.asyncDispose]: async () => {
      await releaseAll()
    },
  }
}

export type StopSignal = 'SIGTERM' | 'SIGINT'

/** The part of `process` that is used. */
export type SignalEmitter = {
  on(signal: StopSignal, listener: () => void): unknown
  off(signal: StopSignal, listener: () => void): unknown
}

export type StopSignalsOptions = {
  signals: SignalEmitter
  /** Called once. Should start to stop the process. */
  onFirst(signal: StopSignal): void
  /** Called once. Should end the process at once, for example with `process.exit`. */
  onSecond(exitCode: 130 | 143): void
}

export type StopSignals = Disposable & {
  /** Removes the signal listeners. */
  remove(): void
}

/**
 * Ctrl-C under `npm` reaches us twice within a moment: from the terminal, which signals the whole group, and from npm, which
 * forwards its own. A person does not press it twice that fast.
 */
const echoMs = 200

/** The first SIGTERM or SIGINT asks the process to stop, the second one to end at once (I9). */
export function onStopSignals({ signals, onFirst, onSecond }: StopSignalsOptions): StopSignals {
  let first: { signal: StopSignal; atMs: number } | undefined
  const onTerminate = () => receive('SIGTERM')
  const onInterrupt = () => receive('SIGINT')
  signals.on('SIGTERM', onTerminate)
  signals.on('SIGINT', onInterrupt)
  return { remove, [Symbol.dispose]: remove }

  function receive(signal: StopSignal): void {
    const atMs = performance.now()
    if (first === undefined) {
      first = { signal, atMs }
      onFirst(signal)
      return
    }
    if (signal === 'SIGINT' && first.signal === 'SIGINT' && atMs - first.atMs < echoMs) return
    remove()
    onSecond(signal === 'SIGINT' ? 130 : 143)
  }

  function remove(): void {
    signals.off('SIGTERM', onTerminate)
    signals.off('SIGINT', onInterrupt)
  }
}
