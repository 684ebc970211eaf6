import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import type { MappingSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import type { Carrying } from './carrying.ts'

/** Only workers that have the source in their configuration take its actions, so this does not fail. */
export function requireSource({
  action,
  config,
}: Pick<Carrying, 'action' | 'config'>): SourceConfig & { settings: MappingSettings } {
  const source = config.sources.find(({ name }) => name === action.source)
  if (source === undefined) throw new Error(`this worker has no source ${action.source}`)
  return { ...source, settings: mappingSettingsOf(config) }
}
