import { fork, integer, type Random } from './random.ts'

export const firstSessionId = 1_000
/** One id of this many never gets a file, as on a platform where some sessions write none (contract h.1). */
const idsPerGap = 50

/**
 * The id of the session with that rank among those of its tenant and channel. Ids ascend with the rank, and 2 % of them are
 * left out. The same for every session before it, so nothing has to be counted.
 */
export function idWithGaps(random: Random, rank: number): number {
  const used = idsPerGap - 1
  const block = Math.floor(rank / used)
  const place = rank % used
  const gap = integer(fork(random, block), 0, used)
  return firstSessionId + block * idsPerGap + (place < gap ? place : place + 1)
}
