import { expect, test } from 'vitest'
import { createBoundedTasks } from './bounded-tasks.ts'

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('I8 a caller is held back while as many tasks run as may', async () => {
  const tasks = createBoundedTasks(2)
  const ends: (() => void)[] = []
  const task = (): Promise<void> => new Promise((resolve) => ends.push(resolve))
  await tasks.start(task)
  await tasks.start(task)
  let isThirdBegun = false
  const third = tasks.start(task).then(() => {
    isThirdBegun = true
  })
  await soon()
  expect(isThirdBegun).toBe(false)
  ends[0]?.()
  await third
  for (const end of ends) end()
  await tasks.finish()
})

test('after a failure nothing more begins, and it is thrown once the other tasks have ended', async () => {
  const tasks = createBoundedTasks(2)
  const other = Promise.withResolvers<void>()
  await tasks.start(() => other.promise)
  await tasks.start(() => Promise.reject(new Error('broken')))
  await expect(tasks.start(() => Promise.reject(new Error('never begun')))).rejects.toThrow('broken')
  let isOver = false
  const finished = tasks.finish().finally(() => {
    isOver = true
  })
  finished.catch(() => {})
  await soon()
  expect(isOver).toBe(false)
  other.resolve()
  await expect(finished).rejects.toThrow('broken')
})
