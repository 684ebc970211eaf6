import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import { bucket, filesOf, type MixFile, openMix } from '../mix/mix.ts'
import { openMixSources } from '../mix/open-mix-sources.ts'
import { forEachAtOnce, measureFiles, type Stage } from './stage.ts'

const atOnce = 64
const bytesMax = 8_388_608

/** Signed requests by our own reader. Bodies are read completely and discarded. */
export const getOnly: Stage = async (_place, load) => {
  const mix = openMix()
  const { client, sourceOf } = openMixSources(atOnce)
  const files = Array.from({ length: filesOf(load) }, (_, position) => mix.fileAt(load, position))
  async function get({ key, versionId, etag, sizeBytes }: MixFile): Promise<void> {
    const ref = { bucket, key, versionId, etag, sizeBytes }
    const fetched = await fetchObject(client.getObjectOf(sourceOf(key)), ref, { bytesMax })
    if (fetched.kind !== 'found') throw new Error(`${key}: ${fetched.kind}`)
  }
  const measured = await measureFiles(files.length, () => forEachAtOnce(files, atOnce, get))
  client.destroy()
  return measured
}
