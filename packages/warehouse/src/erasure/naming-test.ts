import { type Person, patternOf } from './person.ts'

/** Whether a text that is not parsed names the person: by a contact, or as the consumer of a document. */
export function namingTest(person: Person): (text: string) => boolean {
  const byContact = new RegExp(patternOf(person), 'i')
  const ids = person.consumers.join('|')
  const byId = new RegExp(
    `"end_user"\\s*:\\s*\\{[^{}]*"id"\\s*:\\s*"?(?:${ids === '' ? '(?!)' : ids})"?\\s*[,}]`,
  )
  return (text) => byContact.test(text) || byId.test(text)
}
