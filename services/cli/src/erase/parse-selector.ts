import { normalContact } from '@aftercall/metadata/erasure/erasure-digest'
import type { PersonSelector } from '@aftercall/warehouse/erasure/person'
import { readSession } from '../arguments/read-place.ts'
import { UsageError } from '../cli-context.ts'

export type SelectorFlags = {
  source?: string
  endUser?: string
  phone?: string
  email?: string
  session?: string
  agent?: string
}

const idForm = /^\d{1,18}$/

/** @throws UsageError unless the options name exactly one person of one source. */
export function parseSelector(flags: SelectorFlags): PersonSelector {
  const given = (['endUser', 'phone', 'email', 'session', 'agent'] as const).filter(
    (name) => flags[name] !== undefined,
  )
  const [name] = given
  if (name === undefined || given.length > 1)
    throw new UsageError(
      'name the person by exactly one of --end-user, --phone, --email, --session and --agent',
    )
  if (name === 'session') return ofSession(flags)
  const { source } = flags
  if (source === undefined)
    throw new UsageError('--source is missing: the source whose sessions name the person')
  const value = flags[name] ?? ''
  switch (name) {
    case 'endUser':
      return { source, kind: 'end_user', value: readId('--end-user', value) }
    case 'agent':
      return { source, kind: 'agent', value: readId('--agent', value) }
    case 'phone':
      return { source, kind: 'phone', value: readPhone(value) }
    case 'email':
      return { source, kind: 'email', value: readEmail(value) }
  }
}

function ofSession({ source, session = '' }: SelectorFlags): PersonSelector {
  const place = readSession(session)
  if (source !== undefined && source !== place.source)
    throw new UsageError(`--session is of the source ${place.source}, not of ${source}`)
  return { source: place.source, kind: 'session', value: `${place.channel}/${place.sessionId}` }
}

function readId(option: string, text: string): string {
  if (!idForm.test(text)) throw new UsageError(`${option} must be a whole number, not ${text}`)
  return String(BigInt(text))
}

function readPhone(text: string): string {
  const number = normalContact(text)
  if (number === undefined || !/^\+\d+$/.test(number))
    throw new UsageError('--phone must be a number with its country, such as "+1 555 010 0100"')
  return number
}

function readEmail(text: string): string {
  const address = normalContact(text)
  if (address === undefined || !/^[^\s@]+@[^\s@]+$/.test(address))
    throw new UsageError('--email must be an address, such as pat@example.com')
  return address
}
