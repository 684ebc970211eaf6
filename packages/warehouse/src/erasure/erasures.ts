import type { KeyObject } from 'node:crypto'
import {
  type ErasedValue,
  erasedKeyOf,
  erasureDigest,
  erasureKeyVersion,
} from '@aftercall/metadata/erasure/erasure-digest'
import type { Database } from '../connection/database.ts'
import type { Settlement } from '../load/settlement.ts'
import { blankSettlement, type FindErased } from './blank-settlement.ts'
import { namedInSettlement } from './named-values.ts'
import { readErased } from './read-erased.ts'

/** Keeps the erased from being stored again. One for a loader; it remembers whether anything was ever erased. */
export type Erasures = {
  /** In the transaction that stores the batch, before all that it writes. By position, and the same where nothing is blanked. */
  withoutErased(db: Database, batch: readonly Settlement[]): Promise<readonly Settlement[]>
  /** Null without an identity key, and then nothing can have been erased. */
  digestOf(value: ErasedValue): string | null
}

/** Its code is Postgres's own for a wrong configuration: nothing can be stored until a person corrects it. */
export class ErasureKeyError extends Error {
  override readonly name = 'ErasureKeyError'
  readonly code = 'F0000'
  readonly retryable = false
  constructor(isSet: boolean) {
    super(
      `persons were erased with another identity.key: ${isSet ? 'set the one that was configured then' : 'set it again'}; without it, their files would bring them back`,
    )
  }
}

/**
 * Where nothing was ever erased, it costs one probe of an empty table, in a round trip that the batch makes anyway: digests are
 * computed only once a list has been seen.
 */
export function createErasures(identityKey: KeyObject | undefined): Erasures {
  let hasList = false
  const digestOf = (value: ErasedValue) =>
    identityKey === undefined ? null : erasureDigest(identityKey, value)

  function digestsOf(batch: readonly Settlement[]): string[] {
    return [...new Set(batch.flatMap(namedInSettlement).flatMap((value) => digestOf(value) ?? []))]
  }

  async function withoutErased(db: Database, batch: readonly Settlement[]): Promise<readonly Settlement[]> {
    const hadList = hasList
    let answer = await readErased(db, hadList ? digestsOf(batch) : [])
    hasList = !answer.isEmpty
    if (!hasList) return batch
    if (identityKey === undefined || answer.keyVersion !== erasureKeyVersion(identityKey))
      throw new ErasureKeyError(identityKey !== undefined)
    if (!hadList) answer = await readErased(db, digestsOf(batch))
    const { found } = answer
    if (found.size === 0) return batch
    const find: FindErased = (value) => {
      const digest = erasureDigest(identityKey, value)
      const erased = found.get(digest)
      return erased === undefined ? undefined : { ...erased, key: erasedKeyOf(digest) }
    }
    return batch.map((settlement) => blankSettlement(settlement, find))
  }

  return { withoutErased, digestOf }
}
