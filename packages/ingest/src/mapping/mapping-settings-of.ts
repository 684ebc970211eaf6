import { createSecretKey, type KeyObject } from 'node:crypto'
import type { MappingSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { Config } from '@aftercall/runtime/config/config'

/** How documents are mapped, as it is configured. The key becomes an object that no log can show. */
export function mappingSettingsOf({
  identity,
  analytics,
  extra,
}: Pick<Config, 'identity' | 'analytics' | 'extra'>): MappingSettings {
  return {
    identityKey: identityKeyOf(identity),
    customDataKeys: analytics.customDataKeys,
    extra,
  }
}

export function identityKeyOf({ key }: Config['identity']): KeyObject | undefined {
  return key === undefined ? undefined : createSecretKey(key, 'utf8')
}
