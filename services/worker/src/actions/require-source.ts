import type { SourceConfig } from '@aftercall/runtime/config/config'
import type { Carrying } from './carrying.ts'

/** Only workers that have the source in their configuration take its actions, so this does not fail. */
export function requireSource({ action, config }: Pick<Carrying, 'action' | 'config'>): SourceConfig {
  const source = config.sources.find(({ name }) => name === action.source)
  if (source === undefined) throw new Error(`this worker has no source ${action.source}`)
  return source
}
