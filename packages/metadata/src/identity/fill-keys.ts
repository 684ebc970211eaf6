import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { contactOf } from './contact-of.ts'
import { type KeyedHash, keyedHash } from './keyed-hash.ts'
import { keyVersionOf, type MappingSettings } from './mapping-settings.ts'

const columns = columnIndexes(
  sessionTable,
  'source',
  'end_user_id',
  'customer_key',
  'contact_key',
  'key_version',
)

/** Fills the keys that stand for the consumer in place of ids, numbers and addresses (ADR 34). */
export function fillKeys(session: Row, rows: Rows, settings: MappingSettings): void {
  const { identityKey } = settings
  if (identityKey === undefined) return
  const hashOf = keyedHash(identityKey)
  const source = String(session[columns.source])
  const customer = session[columns.end_user_id]
  const contact = contactOf(session, rows.call_participant)
  if (customer !== undefined && customer !== null)
    session[columns.customer_key] = keyOf(hashOf, `customer\x1f${source}\x1f${customer}`)
  if (contact !== undefined)
    session[columns.contact_key] = keyOf(hashOf, `contact\x1f${source}\x1f${contact}`)
  session[columns.key_version] = keyVersionOf(settings)
}

/** The first 16 bytes as a uuid: of fixed size, and no tool sums it. The parts hold no unit separator. */
function keyOf(hashOf: KeyedHash, text: string): string {
  const hex = hashOf(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
