import { fork, randomFrom, unit } from '@aftercall/samples/random'
import { type RunnerTask, type TestContext, test } from 'vitest'
import { countOf } from './test-count.ts'
import { seedOfTest } from './test-seed.ts'

type Work = (context: TestContext) => Promise<void>
type WorkOfCase<Case> = (one: Case, context: TestContext) => Promise<void>

export type DrawnTests = {
  (name: string, work: Work, timeoutMs?: number): void
  each<Case>(cases: readonly Case[]): (name: string, work: WorkOfCase<Case>, timeoutMs?: number) => void
}

/**
 * Registers tests that are costly and prove things of one kind. `npm test` runs `quick` of them, drawn by the seed of the
 * file, and reports the others as skipped; `npm run test:thorough` runs all. If `-t` leaves no more than `quick` tests of the
 * file, all of them run. To be called `it`.
 */
export function drawnTests({ quick }: { quick: number; thorough: 'all' }): DrawnTests {
  const counted = countOf({ quick, thorough: Number.POSITIVE_INFINITY })
  const seed = counted === quick ? seedOfTest() : 0
  let registered = 0
  let drawn: ReadonlySet<number> | undefined
  const skipUnlessDrawn = (context: TestContext, position: number): void => {
    drawn ??= new Set(draw(registered, counted, seed))
    if (drawn.has(position) || countToRun(context) <= counted) return
    context.skip('not drawn this time; npm run test:thorough runs all')
  }
  const one = (name: string, work: Work, timeoutMs?: number): void => {
    const position = registered++
    test(name, optionsOf(timeoutMs), async (context) => {
      skipUnlessDrawn(context, position)
      await work(context)
    })
  }
  const each: DrawnTests['each'] = (cases) => (name, work, timeoutMs) => {
    const first = registered
    registered += cases.length
    const positions = new Map(cases.map((one, at) => [one, first + at]))
    test.for([...cases])(name, optionsOf(timeoutMs), async (one, context) => {
      skipUnlessDrawn(context, positions.get(one) ?? first)
      await work(one, context)
    })
  }
  return Object.assign(one, { each })
}

function optionsOf(timeoutMs: number | undefined): { timeout?: number } {
  return timeoutMs === undefined ? {} : { timeout: timeoutMs }
}

/** The same for one seed. */
export function draw(registered: number, count: number, seed: number): number[] {
  const random = fork(randomFrom(seed), 'drawn tests')
  const ranked = Array.from({ length: registered }, (_, position) => ({ position, rank: unit(random) }))
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, count)
    .map(({ position }) => position)
}

/** The tests of the file that a name leaves. */
function countToRun({ task }: TestContext): number {
  const count = (tasks: readonly RunnerTask[]): number =>
    tasks.reduce((sum, one) => sum + ('tasks' in one ? count(one.tasks) : Number(one.mode === 'run')), 0)
  return count(task.file.tasks)
}
