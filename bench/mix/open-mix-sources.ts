import { openSourceClients, type SourceClients } from '@aftercall/ingest/sources/source-clients'
import { readConfig } from '@aftercall/runtime/config/config'
import { sources } from './mix.ts'

/** Our own clients of the mix's sources, with all defaults of the configuration. */
export function openMixSources(connectionsMax: number): {
  client: SourceClients
  sourceOf(key: string): { name: string }
} {
  const reading = readConfig(JSON.stringify({ sources }), process.env, ['sources'])
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const client = openSourceClients({ ...reading.config, env: process.env, connectionsMax })
  return {
    client,
    sourceOf: (key) => {
      const source = sources.find(({ prefix }) => key.startsWith(prefix))
      if (source === undefined) throw new Error(`${key} belongs to no source`)
      return source
    },
  }
}
