import { createPermits } from './permits.ts'

/** Runs tasks beside each other, and holds the caller back while `max` of them run: no list of waiting tasks grows. */
export type BoundedTasks = {
  /** Resolves once the task has begun. Rejects with the error of an earlier task, if one has failed. */
  start(task: () => Promise<void>): Promise<void>
  /** Resolves once all tasks have ended. Rejects with the first error, and only then. */
  finish(): Promise<void>
}

export function createBoundedTasks(max: number): BoundedTasks {
  const permits = createPermits(max)
  const running = new Set<Promise<void>>()
  const errors: unknown[] = []

  function throwFirst(): void {
    if (errors.length > 0) throw errors[0]
  }

  async function run(task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      errors.push(error)
    }
  }

  return {
    async start(task) {
      await permits.acquire()
      if (errors.length > 0) permits.release()
      throwFirst()
      const ended = run(task).then(() => {
        running.delete(ended)
        permits.release()
      })
      running.add(ended)
    },
    async finish() {
      await Promise.all(running)
      throwFirst()
    },
  }
}
