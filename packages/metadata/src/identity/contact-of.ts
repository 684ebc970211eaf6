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
  const identifier = session[sessionColumns.end_user_identifier]
  return (
    ofConsumers(participants, participantColumns.phone_number, internationalNumber) ??
    ofValue(identifier, internationalNumber) ??
    ofValue(session[sessionColumns.email], emailAddress) ??
    ofConsumers(participants, participantColumns.email, emailAddress) ??
    ofValue(identifier, emailAddress)
  )
}

type ReadContact = (text: string) => string | undefined

function ofConsumers(participants: readonly Row[], column: number, read: ReadContact): string | undefined {
  for (const row of participants) {
    const found = row[participantColumns.type] === 'end_user' ? ofValue(row[column], read) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function ofValue(value: Row[number], read: ReadContact): string | undefined {
  return typeof value === 'string' ? read(value) : undefined
}

/** RFC 5321: an address has up to 254 characters. */
const addressForm = /^[^\s@]+@[^\s@]+$/
const addressLengthMax = 254

function emailAddress(text: string): string | undefined {
  return text.length <= addressLengthMax && addressForm.test(text) ? text.toLowerCase() : undefined
}
