import { type Config, configSchema } from './config-schema.ts'

/** The parts that only some commands need. All else has defaults and is always there. */
export type ConfigNeed = 'database' | 'queue' | 'sources'

export const everyNeed = ['database', 'queue', 'sources'] as const satisfies ConfigNeed[]

const sectionOf = { database: 'database', queue: 'queues', sources: 'sources' } as const

type SectionOf = typeof sectionOf
type NeededSection = SectionOf[ConfigNeed]

/**
 * The configuration with the parts that were asked for; the others are not in it. A list of needs that
 * is only known at run time makes all of them optional.
 */
export type ConfigFor<Needs extends readonly ConfigNeed[]> = Needs extends unknown
  ? Omit<Config, NeededSection> &
      (number extends Needs['length']
        ? Partial<Pick<Config, NeededSection>>
        : Pick<Config, SectionOf[Needs[number]]>)
  : never

/** The same tree without the sections that are not needed, so that nothing in them can be a problem. */
export function keepNeeded(tree: unknown, needs: readonly ConfigNeed[]): unknown {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree
  const unneeded = unneededSections(needs)
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !unneeded.some((name) => name === key)))
}

export function schemaFor(needs: readonly ConfigNeed[]) {
  const unneeded = Object.fromEntries(unneededSections(needs).map((name) => [name, true]))
  // Typed as if nothing were needed, which holds for every list: what is needed comes on top.
  return configSchema.omit(unneeded as Record<NeededSection, true>)
}

function unneededSections(needs: readonly ConfigNeed[]): NeededSection[] {
  return everyNeed.filter((need) => !needs.includes(need)).map((need) => sectionOf[need])
}
