import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createReleasers, onStopSignals, ReleaseTimeoutError } from './lifecycle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const never = () => new Promise<void>(() => {})

function start(timeLimitMs = 1000) {
  const order: string[] = []
  const onError = vi.fn()
  const releasers = createReleasers({ timeLimitMs, onError })
  const ownNoted = (name: string) => releasers.register(name, () => void order.push(name))
  return { order, onError, releasers, ownNoted }
}

describe('I9 an owned resource', () => {
  test('is released in reverse, each after the one before is done', async () => {
    const { order, releasers, ownNoted } = start()
    ownNoted('pool')
    releasers.register('server', async () => {
      order.push('server begins')
      await new Promise((resolve) => setTimeout(resolve, 100))
      order.push('server ends')
    })
    const released = releasers.releaseAll()
    await vi.advanceTimersByTimeAsync(100)
    expect(await released).toEqual({ kind: 'released' })
    expect(order).toEqual(['server begins', 'server ends', 'pool'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is released even if another release fails, which is reported', async () => {
    const { order, onError, releasers, ownNoted } = start()
    const broken = new Error('broken')
    ownNoted('pool')
    releasers.register('server', () => Promise.reject(broken))
    releasers.register('timer', () => {
      throw broken
    })
    expect(await releasers.releaseAll()).toEqual({ kind: 'incomplete', names: ['timer', 'server'] })
    expect(order).toEqual(['pool'])
    expect(onError.mock.calls).toEqual([
      ['timer', broken],
      ['server', broken],
    ])
  })

  test('is still released after the time limit, without waiting', async () => {
    const { order, onError, releasers, ownNoted } = start(500)
    ownNoted('database')
    ownNoted('pool')
    releasers.register('worker', never)
    const released = releasers.releaseAll()
    await vi.advanceTimersByTimeAsync(499)
    expect(order).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(await released).toEqual({ kind: 'incomplete', names: ['worker', 'pool', 'database'] })
    expect(order).toEqual(['pool', 'database'])
    expect(onError.mock.calls).toEqual([['worker', expect.any(ReleaseTimeoutError)]])
  })

  test('is released once, for any number of calls', async () => {
    const { order, releasers, ownNoted } = start()
    ownNoted('pool')
    await Promise.all([releasers.releaseAll(), releasers.releaseAll()])
    await releasers.releaseAll()
    expect(order).toEqual(['pool'])
  })

  test('is released at once if the release has already begun', async () => {
    const { order, releasers, ownNoted } = start()
    await releasers.releaseAll()
    ownNoted('late pool')
    expect(order).toEqual(['late pool'])
  })

  test('is released at the end of an "await using" block', async () => {
    const { order, releasers, ownNoted } = start()
    {
      await using owned = releasers
      owned.register('pool', () => void order.push('pool'))
      ownNoted('server')
    }
    expect(order).toEqual(['server', 'pool'])
  })
})

function listen() {
  const signals = new EventEmitter()
  const [onFirst, onSecond] = [vi.fn(), vi.fn()]
  return { signals, onFirst, onSecond, stopSignals: onStopSignals({ signals, onFirst, onSecond }) }
}

describe('I9 of the stop signals', () => {
  test.each(['SIGTERM', 'SIGINT'])('the first, %s, asks to stop, once', (signal) => {
    const { signals, onFirst, onSecond } = listen()
    signals.emit(signal)
    expect(onFirst.mock.calls).toEqual([[signal]])
    expect(onSecond).not.toHaveBeenCalled()
  })

  test.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
  ])('%s and then %s ends at once with %i', (first, second, exitCode) => {
    const { signals, onFirst, onSecond } = listen()
    signals.emit(first)
    signals.emit(second)
    expect(onSecond.mock.calls).toEqual([[exitCode]])
    expect(onFirst).toHaveBeenCalledOnce()
  })

  test('SIGINT twice within a moment is one Ctrl-C that npm forwarded', () => {
    const { signals, onSecond } = listen()
    signals.emit('SIGINT')
    vi.advanceTimersByTime(199)
    signals.emit('SIGINT')
    expect(onSecond).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    signals.emit('SIGINT')
    expect(onSecond.mock.calls).toEqual([[130]])
  })

  test('none has an effect after the second, or after removal', () => {
    const { signals, onSecond } = listen()
    for (const _ of [1, 2, 3]) signals.emit('SIGTERM')
    expect(onSecond).toHaveBeenCalledOnce()
    const other = listen()
    other.stopSignals.remove()
    other.signals.emit('SIGTERM')
    expect(other.onFirst).not.toHaveBeenCalled()
    expect(other.signals.eventNames()).toEqual([])
  })
})
