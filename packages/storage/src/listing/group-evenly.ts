/** One or more neighbors. */
export type Group<Item> = [Item, ...Item[]]

/** Groups neighbors into at most `groupsMax` groups, so that the heaviest group is as light as possible. */
export function groupEvenly<Item>(
  items: readonly Item[],
  groupsMax: number,
  weightOf: (item: Item) => number,
): Group<Item>[] {
  const total = items.reduce((sum, item) => sum + weightOf(item), 0)
  let low = total / groupsMax
  let high = total
  // Halving the interval 40 times is exact enough for any number of keys.
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2
    if (groupUpTo(items, middle, weightOf).length <= groupsMax) high = middle
    else low = middle
  }
  return groupUpTo(items, high, weightOf)
}

function groupUpTo<Item>(
  items: readonly Item[],
  weightMax: number,
  weightOf: (item: Item) => number,
): Group<Item>[] {
  const groups: Group<Item>[] = []
  let weight = 0
  for (const item of items) {
    const group = groups.at(-1)
    if (group === undefined || weight + weightOf(item) > weightMax) {
      groups.push([item])
      weight = weightOf(item)
    } else {
      group.push(item)
      weight += weightOf(item)
    }
  }
  return groups
}
