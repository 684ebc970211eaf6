/** Counts by name, of a group or of all. */
export type Counts = Record<string, number>

export type GroupCounts = {
  count(group: string, name: string): void
  /** In the order of their names. */
  groups(): [string, Counts][]
}

/**
 * Counts in a bounded number of groups. When there are too many, groups are merged under shorter names: `shorten` is called
 * with a growing level from 1 on, and has to come down to a single name in the end.
 */
export function createGroupCounts(
  groupsMax: number,
  shorten: (group: string, level: number) => string,
): GroupCounts {
  let groups = new Map<string, Counts>()
  let level = 0

  function countsOf(group: string): Counts {
    const name = level === 0 ? group : shorten(group, level)
    let counts = groups.get(name)
    if (counts === undefined) {
      counts = {}
      groups.set(name, counts)
    }
    return counts
  }

  function mergeGroups(): void {
    const before = groups
    level += 1
    groups = new Map()
    for (const [group, counts] of before) {
      const merged = countsOf(group)
      for (const [name, number] of Object.entries(counts)) merged[name] = (merged[name] ?? 0) + number
    }
  }

  return {
    count(group, name) {
      const counts = countsOf(group)
      counts[name] = (counts[name] ?? 0) + 1
      while (groups.size > groupsMax) mergeGroups()
    },
    groups: () => [...groups].sort(([one], [other]) => (one < other ? -1 : 1)),
  }
}
