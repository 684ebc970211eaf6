import { hash } from 'node:crypto'
import { cutText } from './cut-text.ts'

/** A usual name of a field: letters, digits, `_`, `-`, and `.`, without a number that could be personal. */
const identifier = /^(?!.*\d{6})[A-Za-z_$@][\w.-]{0,63}$/

/**
 * The name of a field from outside, in a form that may be kept and shown. A name that is not an identifier may be personal data
 * (a map whose keys are phone numbers or names). Then only its length and the beginning of its hash are shown, so that the
 * same name can be recognized.
 */
export function safeName(name: string): string {
  return identifier.test(name) ? name : digestOf('name', name)
}

const wordLengthMax = 64
/** Enough digits for a phone number, or the sign of an e-mail address. No vocabulary has such a word. */
const mayBePersonal = /\d{6}|@/

/** A word of a field with a vocabulary. Cut to a maximum length, or replaced by its hash if it could be personal. */
export function safeWord(word: string): string {
  return mayBePersonal.test(word) ? digestOf('word', word) : cutText(word.toWellFormed(), wordLengthMax)
}

function digestOf(what: 'name' | 'word', text: string): string {
  return `<${what} of ${text.length} characters, sha256 ${hash('sha256', text).slice(0, 8)}>`
}
