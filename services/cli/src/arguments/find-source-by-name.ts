import type { SourceConfig } from '@aftercall/runtime/config/config'
import { nearestName } from '@aftercall/runtime/text/nearest-name'
import { UsageError } from '../cli-context.ts'

/** Finds a configured source. Throws a `UsageError` that lists the configured names. */
export function findSourceByName(sources: readonly SourceConfig[], name: string): SourceConfig {
  const found = sources.find((source) => source.name === name)
  if (found !== undefined) return found
  const names = sources.map((source) => source.name).join(', ')
  const near = nearestName(
    name,
    sources.map((source) => source.name),
  )
  throw new UsageError(
    `unknown source ${name}; the configuration has: ${names}`,
    ...(near === undefined ? [] : [`(Did you mean ${near}?)`]),
  )
}
