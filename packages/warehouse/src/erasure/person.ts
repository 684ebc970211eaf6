import type { ErasedValue } from '@aftercall/metadata/erasure/erasure-digest'

/** What a person is named by. The value is as it was typed, for a contact in its normal form. */
export type PersonSelector = {
  source: string
  kind: 'end_user' | 'phone' | 'email' | 'session' | 'agent'
  value: string
}

/** A person, as far as the tables tell. */
export type Person = {
  source: string
  /** Ids of the consumer (`end_user.id`). */
  consumers: readonly string[]
  /** Numbers, addresses and identifiers, in normal form. */
  contacts: readonly string[]
  agents: readonly string[]
  /** Full names to look for in free texts; other people may have them. */
  names: readonly string[]
  /** A session that is the person's in any case. */
  session: { channel: string; sessionId: string } | null
  /**
   * Sessions, as `call/1418`, that name the consumer by what was given. They are blanked last: a run that is killed before
   * learns the rest of the person from them again.
   */
  namedIn: ReadonlySet<string>
}

export function valuesOf({ source, consumers, contacts, agents }: Person): ErasedValue[] {
  return [
    ...consumers.map((value): ErasedValue => ({ kind: 'customer', source, value })),
    ...contacts.map((value): ErasedValue => ({ kind: 'contact', source, value })),
    ...agents.map((value): ErasedValue => ({ kind: 'agent', source, value })),
  ]
}

/** Matches nothing. */
const nothing = '(?!)'
/** Between the digits of a number that is written to be read; `(0)` is dialed inside the country. */
const sign = '(?:\\(0\\)|[\\s().\\-/]){0,3}'

/**
 * A regular expression, for Postgres and for JavaScript, that finds the person's contacts and names in any text: numbers with or
 * without signs, letters of any case, and as URLs and JSON may write them.
 */
export function patternOf({ contacts, names }: Pick<Person, 'contacts' | 'names'>): string {
  const forms = [...contacts.map(formOf), ...names.map(textForm)]
  return forms.length === 0 ? nothing : forms.join('|')
}

function formOf(contact: string): string {
  if (!/^\+\d+$/.test(contact)) return textForm(contact)
  return `(?<![0-9])(?:00)?${[...contact.slice(1)].join(sign)}(?![0-9])`
}

function textForm(text: string): string {
  const form = [...text].map(characterForm).join('')
  return `(?<![0-9A-Za-z])${form}(?![0-9A-Za-z])`
}

function characterForm(character: string): string {
  if (/[0-9A-Za-z]/.test(character)) return character
  if (/\s/.test(character)) return '\\s+'
  if (character > '\x7f') return character
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0')
  return `(?:\\${character}|%${hex}|\\\\u00${hex})`
}
