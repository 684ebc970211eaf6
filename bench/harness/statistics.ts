/** The median of several measurements, with minimum and maximum. */
export type Spread = { median: number; min: number; max: number; count: number }

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right)
  return {
    median: quantileOf(sorted, 0.5),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    count: sorted.length,
  }
}

/** Of values in ascending order, with linear interpolation. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN]
  return below + (above - below) * (place - Math.floor(place))
}

/** Of each round, so that the drift of the machine's speed falls out. The lists have one figure for each round. */
export function ratiosOf(above: readonly number[], below: readonly number[]): Spread {
  return spreadOf(above.map((figure, round) => figure / (below[round] ?? Number.NaN)))
}
