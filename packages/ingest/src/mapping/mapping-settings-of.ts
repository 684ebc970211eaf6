import { createSecretKey } from 'node:crypto'
import type { MappingSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { Config } from '@aftercall/runtime/config/config'

/** How documents are mapped, as it is configured. The key becomes an object that no log can show. */
export function mappingSettingsOf({
  identity,
  analytics,
  extra,
}: Pick<Config, 'identity' | 'analytics' | 'extra'>): MappingSettings {
  const { key } = identity
  return {
    identityKey: key === undefined ? undefined : createSecretKey(key, 'utf8'),
    customDataKeys: analytics.customDataKeys,
    extra,
  }
}
