import { hash } from 'node:crypto'
import type { LocalFile } from './local-file.ts'

/** Remembers files that are done, as they were, in memory of a fixed size. */
export type SeenFiles = {
  has(file: LocalFile): boolean
  add(file: LocalFile): void
}

const ways = 4
const filesMax = 4_194_304

/**
 * A table of fingerprints of a fixed size: 32 MB for four million files. A fingerprint may be in one of four places, and
 * replaces another one when all are taken. A file that was forgotten costs a look-up in the ledger. A new file that looks done
 * would be lost, but that takes 52 equal bits in four places: about one new file in 10^15.
 */
export function createSeenFiles(capacity = filesMax): SeenFiles {
  const sets = Math.max(1, Math.floor(capacity / ways))
  const prints = new Float64Array(sets * ways)

  function placeOf({ path, look }: LocalFile): { print: number; start: number } {
    const digest = hash('sha256', `${path}\0${look}`, 'buffer')
    // Never 0, which marks an empty place.
    const print = digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) & 15) + 1
    return { print, start: (digest.readUInt32BE(8) % sets) * ways }
  }

  return {
    has(file) {
      const { print, start } = placeOf(file)
      return prints.subarray(start, start + ways).includes(print)
    },
    add(file) {
      const { print, start } = placeOf(file)
      const places = prints.subarray(start, start + ways)
      if (places.includes(print)) return
      const free = places.indexOf(0)
      places[free === -1 ? print % ways : free] = print
    },
  }
}
