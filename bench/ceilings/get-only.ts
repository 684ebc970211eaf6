import { openSourceClients } from '@aftercall/ingest/source-clients'
import { readConfig } from '@aftercall/runtime/config/config'
import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import { bucket, filesOf, type MixFile, openMix, sources } from '../mix/mix.ts'
import { type Ceiling, forEachAtOnce, measureFiles } from './ceiling.ts'

const atOnce = 64
const bytesMax = 8_388_608

/** Signed requests by our own reader. Bodies are read completely and discarded. */
export const getOnly: Ceiling = async (_place, load) => {
  const mix = openMix()
  const clients = openSourceClients({ ...configured(), env: process.env, connectionsMax: atOnce })
  const files = Array.from({ length: filesOf(load) }, (_, position) => mix.fileAt(load, position))
  async function get({ key, versionId, etag, sizeBytes }: MixFile): Promise<void> {
    const source = sources.find(({ prefix }) => key.startsWith(prefix))
    if (source === undefined) throw new Error(`${key} belongs to no source`)
    const ref = { bucket, key, versionId, etag, sizeBytes }
    const fetched = await fetchObject(clients.getObjectOf(source), ref, { bytesMax })
    if (fetched.kind !== 'found') throw new Error(`${key}: ${fetched.kind}`)
  }
  const measured = await measureFiles(files.length, () => forEachAtOnce(files, atOnce, get))
  clients.destroy()
  return measured
}

/** The sources with all defaults of the configuration. */
function configured() {
  const reading = readConfig(JSON.stringify({ sources }), process.env, ['sources'])
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  return reading.config
}
