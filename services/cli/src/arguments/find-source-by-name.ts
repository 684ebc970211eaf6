import type { SourceConfig } from '@aftercall/runtime/config/config'
import { UsageError } from '../cli-context.ts'

/** The configured source of that name, or a `UsageError` that names those there are. */
export function findSourceByName(sources: readonly SourceConfig[], name: string): SourceConfig {
  const found = sources.find((source) => source.name === name)
  if (found !== undefined) return found
  const names = sources.map((source) => source.name).join(', ')
  throw new UsageError(`there is no source ${name} in the configuration; there are: ${names}`)
}
