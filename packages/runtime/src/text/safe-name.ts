import { hash } from 'node:crypto'
import { cutText } from './cut-text.ts'

/** What programmers call a field: a word of letters, digits, `_`, `-` and `.`, without a number that could be somebody's. */
const identifier = /^(?!.*\d{6})[A-Za-z_$@][\w.-]{0,63}$/

/**
 * The name of a field that somebody else chose, as it may be kept and shown. One that is no identifier may be personal data
 * (a map whose keys are phone numbers or names): of it the length and the beginning of its hash are told, so that the same
 * name can be recognised.
 */
export function safeName(name: string): string {
  return identifier.test(name) ? name : digestOf('name', name)
}

const wordLengthMax = 64
/** Digits enough for a phone number, or the sign of an e-mail address: no vocabulary has such a word. */
const mayBePersonal = /\d{6}|@/

/** A word of a field that takes words of a vocabulary, which are never personal: cut, and told by its hash if it could be. */
export function safeWord(word: string): string {
  return mayBePersonal.test(word) ? digestOf('word', word) : cutText(word.toWellFormed(), wordLengthMax)
}

function digestOf(what: 'name' | 'word', text: string): string {
  return `<${what} of ${text.length} characters, sha256 ${hash('sha256', text).slice(0, 8)}>`
}
