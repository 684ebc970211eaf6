import { type Config, configSchema } from './config-schema.ts'

/** The sections that only some commands need. All others have defaults and are always present. */
export type ConfigNeed = 'database' | 'queue' | 'sources'

export const everyNeed = ['database', 'queue', 'sources'] as const satisfies ConfigNeed[]

/** The keys belong to the sources: only what maps or reads their documents needs them. */
const sectionsOf = {
  database: ['database'],
  queue: ['queues'],
  sources: ['sources', 'identity', 'encryption'],
} as const

type SectionOf = { [Need in ConfigNeed]: (typeof sectionsOf)[Need][number] }
type NeededSection = SectionOf[ConfigNeed]

/**
 * The configuration with only the needed sections. If the list of needs is known only at run time, these sections are
 * optional.
 */
export type ConfigFor<Needs extends readonly ConfigNeed[]> = Needs extends unknown
  ? Omit<Config, NeededSection> &
      (number extends Needs['length']
        ? Partial<Pick<Config, NeededSection>>
        : Pick<Config, SectionOf[Needs[number]]>)
  : never

/** The same tree without the sections that are not needed, so that nothing in them is reported as a problem. */
export function keepNeeded(tree: unknown, needs: readonly ConfigNeed[]): unknown {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree
  const unneeded = unneededSections(needs)
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !unneeded.some((name) => name === key)))
}

export function schemaFor(needs: readonly ConfigNeed[]) {
  const unneeded = Object.fromEntries(unneededSections(needs).map((name) => [name, true]))
  // Typed as if nothing were needed, which is correct for every list: needed sections are added.
  return configSchema.omit(unneeded as Record<NeededSection, true>)
}

function unneededSections(needs: readonly ConfigNeed[]): NeededSection[] {
  return everyNeed.filter((need) => !needs.includes(need)).flatMap((need) => [...sectionsOf[need]])
}
