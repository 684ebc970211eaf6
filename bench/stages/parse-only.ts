import { filesOf, type Load, openMix } from '../mix/mix.ts'
import { mapFile } from './map-file.ts'
import { measureFiles, type Stage } from './stage.ts'

/** Bytes → text → values. */
export const parseOnly: Stage = async (_place, load) => {
  const files = bytesOf(load)
  return await measureFiles(files.length, () => {
    for (const { bytes } of files) JSON.parse(bytes.toString())
  })
}

/** Bytes → documents → rows, including hash and bounds. */
export const mapOnly: Stage = async (_place, load) => {
  const files = bytesOf(load)
  return await measureFiles(files.length, () => {
    for (const { file, bytes } of files) mapFile(file, bytes)
  })
}

function bytesOf(load: Load) {
  const mix = openMix()
  return Array.from({ length: filesOf(load) }, (_, position) => {
    const file = mix.fileAt(load, position)
    return { file, bytes: mix.bytesOf(file) }
  })
}
