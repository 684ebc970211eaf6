/** Numbers between two remembered counts: an old number costs at most that many draws. */
const everyNumbers = 1_024

/**
 * Counts the earlier numbers of the same group. `groupOf` must always give the same group for a number. Numbers in ascending
 * order cost two draws each; the first call for a large number draws the group of every number below it.
 */
export function createEarlierCount(groupOf: (number: number) => string): (number: number) => number {
  const remembered: Map<string, number>[] = [new Map()]
  let counts = new Map<string, number>()
  let next = 0

  function goTo(number: number): void {
    const block = Math.min(Math.floor(number / everyNumbers), remembered.length - 1)
    if (number < next || block * everyNumbers > next) {
      counts = new Map(remembered[block])
      next = block * everyNumbers
    }
    for (; next < number; next += 1) {
      if (next === remembered.length * everyNumbers) remembered.push(new Map(counts))
      const group = groupOf(next)
      counts.set(group, (counts.get(group) ?? 0) + 1)
    }
  }

  return (number) => {
    goTo(number)
    return counts.get(groupOf(number)) ?? 0
  }
}
