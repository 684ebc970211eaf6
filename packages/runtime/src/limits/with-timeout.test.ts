import { expect, test, vi } from 'vitest'
import { withTimeout } from './with-timeout.ts'

test('an answer in time is given, and so is a failure', async () => {
  const late = vi.fn()
  await expect(withTimeout(Promise.resolve('answer'), 60_000, late)).resolves.toBe('answer')
  await expect(withTimeout(Promise.reject(new Error('broken')), 60_000, late)).rejects.toThrow('broken')
  expect(late).not.toHaveBeenCalled()
})

test('after the time, the answer is that of onTimeout, and a later failure is ignored', async () => {
  const work = Promise.withResolvers<string>()
  expect(await withTimeout(work.promise, 1, () => 'late')).toBe('late')
  work.reject(new Error('failed too late'))
  const thrown = withTimeout(new Promise(() => {}), 1, () => {
    throw new Error('out of time')
  })
  await expect(thrown).rejects.toThrow('out of time')
})

test('no timer is left behind, and a time that no timer can hold is not over at once', async () => {
  vi.useFakeTimers()
  try {
    await withTimeout(Promise.resolve(), 1_000, () => {})
    expect(vi.getTimerCount()).toBe(0)
    const work = Promise.withResolvers<string>()
    const answer = withTimeout(work.promise, Number.MAX_SAFE_INTEGER, () => 'late')
    await vi.advanceTimersByTimeAsync(1_000)
    work.resolve('answer')
    expect(await answer).toBe('answer')
  } finally {
    vi.useRealTimers()
  }
})
