import type { Choose } from './interleave.ts'

/** Runs once, and says how: each choice is one of the ways that there were at its moment. */
type RunOnce<Result> = (choose: Choose) => Promise<Result>

/**
 * Every interleaving: runs again and again, each time with another choice at the last moment that had more than one left. A
 * run must go the same way as the one before it, as long as the same is chosen.
 */
export async function* everyInterleaving<Result>(
  run: RunOnce<Result>,
  isAllowed: Choose | undefined = undefined,
): AsyncGenerator<Result> {
  let path: { chosen: number; left: number[] }[] = []
  for (;;) {
    let depth = 0
    const taken: typeof path = []
    const result = await run((moment) => {
      const kept = path[depth]
      depth += 1
      if (kept !== undefined && moment.ready.includes(kept.chosen)) {
        taken.push(kept)
        return kept.chosen
      }
      const forced = isAllowed?.(moment) ?? -1
      const [chosen = 0, ...left] = forced === -1 ? moment.ready : [forced]
      taken.push({ chosen, left })
      return chosen
    })
    yield result
    while (taken.at(-1)?.left.length === 0) taken.pop()
    const last = taken.pop()
    if (last === undefined) return
    const [chosen = 0, ...left] = last.left
    path = [...taken, { chosen, left }]
  }
}

/** One transaction after the other: who is inside one goes on until it has ended. */
export const oneAfterTheOther: Choose = ({ inside }) => inside[0] ?? -1
