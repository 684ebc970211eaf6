import { chance, fork, integer, pick, type Random, uuidText } from './random.ts'
import type { Consumer } from './scenario.ts'
import type { SessionKind } from './session-kind.ts'
import type { Tenant } from './tenant.ts'

const firstConsumerId = 880_000
/** Two people of a household call from one number: the second has an account of their own. */
const sharedPhoneShare = 0.03
/** Spreads neighbours over the numbers. Shares no factor with a power of ten. */
const phoneStep = 7_919

/** An end user. The same index is the same person in every session: id, number, address and CRM contact stay. */
export function describePerson(root: Random, tenant: Tenant, kind: SessionKind, index: number): Consumer {
  const person = personOf(root, tenant, index)
  const name = pick(person, tenant.consumerNames).toLowerCase().replaceAll(' ', '.')
  const email = `${name}.${index}@example.com`
  const contactId = chance(person, 0.7)
    ? `003ak0000${integer(person, 2 ** 31, 2 ** 32).toString(36)}AAA`
    : null
  const identifier = chance(person, 0.5) ? uuidText(person) : null
  const writes =
    kind.channel === 'chat' && !kind.current.includes('SMS') && !kind.current.includes('WhatsApp')
  return {
    id: firstConsumerId + index,
    identifier: writes ? email : identifier,
    contactId,
    phone: writes ? null : phoneOf(tenant, sharesPhone(root, tenant, index) ? index - 2 : index),
    email: writes ? email : null,
  }
}

function sharesPhone(root: Random, tenant: Tenant, index: number): boolean {
  return index >= 2 && chance(fork(personOf(root, tenant, index), 'household'), sharedPhoneShare)
}

function personOf(root: Random, tenant: Tenant, index: number): Random {
  return fork(fork(root, `consumer ${tenant.name}`), index)
}

/** A number of the tenant's fictional ranges. Different for every person until the ranges are used up. */
function phoneOf({ phonePrefixes, phoneDigits }: Tenant, index: number): string {
  const sizes = phonePrefixes.map((prefix) => 10 ** (phoneDigits - prefix.length))
  let place = (index * phoneStep) % sizes.reduce((sum, size) => sum + size, 0)
  for (const [at, prefix] of phonePrefixes.entries()) {
    const size = sizes[at] ?? 1
    if (place < size) return prefix + String(place).padStart(phoneDigits - prefix.length, '0')
    place -= size
  }
  throw new Error('a tenant needs at least one range of phone numbers')
}
