import type { SourceConfig } from '@aftercall/runtime/config/config'
import { UsageError } from '../cli-context.ts'

/** Finds a configured source. Throws a `UsageError` that lists the configured names. */
export function findSourceByName(sources: readonly SourceConfig[], name: string): SourceConfig {
  const found = sources.find((source) => source.name === name)
  if (found !== undefined) return found
  const names = sources.map((source) => source.name).join(', ')
  throw new UsageError(`unknown source ${name}; the configuration has: ${names}`)
}
