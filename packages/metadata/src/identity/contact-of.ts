import type { Row } from '../map/map-object.ts'
import { callParticipantTable } from '../tables/call-participant.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { internationalNumber } from './international-number.ts'

const sessionColumns = columnIndexes(sessionTable, 'email', 'end_user_identifier')
const participantColumns = columnIndexes(callParticipantTable, 'type', 'phone_number', 'email')

/**
 * How the consumer can be reached again: the phone number in E.164 form, else the e-mail address in lower case. The
 * identifier that a tenant gives its consumers counts where it has one of these forms.
 */
export function contactOf(session: Row, participants: readonly Row[]): string | undefined {
  const consumers = participants.filter((row) => row[participantColumns.type] === 'end_user')
  const identifier = session[sessionColumns.end_user_identifier]
  const numbers = [...consumers.map((row) => row[participantColumns.phone_number]), identifier]
  const addresses = [
    session[sessionColumns.email],
    ...consumers.map((row) => row[participantColumns.email]),
    identifier,
  ]
  return firstOf(numbers, internationalNumber) ?? firstOf(addresses, emailAddress)
}

function firstOf(values: readonly unknown[], read: (text: string) => string | undefined): string | undefined {
  for (const value of values) {
    const found = typeof value === 'string' ? read(value) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** RFC 5321: an address has up to 254 characters. */
const addressForm = /^[^\s@]+@[^\s@]+$/
const addressLengthMax = 254

function emailAddress(text: string): string | undefined {
  return text.length <= addressLengthMax && addressForm.test(text) ? text.toLowerCase() : undefined
}
