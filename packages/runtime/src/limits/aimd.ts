/** A bound that grows in steps and halves: additive increase, multiplicative decrease, as TCP does it. */
export type AimdBound = {
  /** A whole number from `min` to `max`. */
  value(): number
  increase(step: number): void
  halve(): void
}

/** Begins at `start`, which is `max` by default. */
export function createAimdBound({
  min = 1,
  max,
  start = max,
}: {
  min?: number
  max: number
  start?: number
}): AimdBound {
  // The fraction is kept, so that steps below 1 add up.
  let bound = start
  return {
    value: () => Math.floor(bound),
    increase(step) {
      bound = Math.min(max, bound + step)
    },
    halve() {
      bound = Math.max(min, bound / 2)
    },
  }
}
