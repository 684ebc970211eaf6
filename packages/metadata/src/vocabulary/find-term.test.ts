import fc from 'fast-check'
import { expect, test } from 'vitest'
import { directionOf } from '../read/session-type.ts'
import { vocabularies } from '../tables/all-tables.ts'
import { failReasonVocabulary } from './fail-reason.ts'
import { findTerm, indexTerms } from './find-term.ts'
import { sessionTypeVocabulary } from './session-type.ts'
import { statusVocabulary } from './status.ts'
import { terms, type Vocabulary } from './vocabulary.ts'

const options = {
  seed: Number(process.env.FC_SEED ?? Date.now() % 2 ** 31),
  numRuns: Number(process.env.FC_RUNS ?? 300),
}
const channels = ['call', 'chat'] as const
const places = vocabularies.flatMap((vocabulary) =>
  channels.map((channel) => ({ name: vocabulary.name, vocabulary, channel, index: indexTerms(vocabulary) })),
)

function termsOf(vocabulary: Vocabulary, channel: 'call' | 'chat') {
  return vocabulary.terms.filter((term) => term.channel === channel || term.channel === 'any')
}

test.each(places)('every value, code, and alias of $name finds its term in a $channel', (place) => {
  const { vocabulary, channel, index } = place
  for (const term of termsOf(vocabulary, channel)) {
    expect(findTerm(index, channel, term.value)).toEqual({ term, isAlias: false })
    if (term.code !== null) {
      for (const text of [`${term.code}`, `0${term.code}`, `${term.code}.0`]) {
        expect(findTerm(index, channel, text)).toEqual({ term, isAlias: false })
      }
    }
    for (const alias of term.aliases ?? []) {
      expect(findTerm(index, channel, alias)).toEqual({ term, isAlias: true })
      expect(findTerm(index, channel, alias.toUpperCase())?.term).toBe(term)
    }
  }
})

test.each(places)('case, spaces, hyphens, and underscores do not matter for $name in a $channel', (place) => {
  const { vocabulary, channel, index } = place
  for (const { value } of termsOf(vocabulary, channel)) {
    const variants = [value.toUpperCase(), value.replaceAll('_', ' '), value.replaceAll('_', '-')]
    for (const variant of variants) expect(findTerm(index, channel, variant)?.term.value).toBe(value)
  }
})

test.each(vocabularies)('$name has each value and each code once per channel, for joins', (vocabulary) => {
  for (const channel of channels) {
    const own = termsOf(vocabulary, channel)
    expect(new Set(own.map((term) => term.value)).size).toBe(own.length)
    const codes = own.flatMap((term) => term.code ?? [])
    expect(new Set(codes).size).toBe(codes.length)
  }
})

test('every vocabulary has a unique name', () => {
  expect(new Set(vocabularies.map((vocabulary) => vocabulary.name)).size).toBe(vocabularies.length)
})

test.each([
  ['3', 'call', undefined],
  ['3', 'chat', 'expired'],
  ['11001', 'call', 'expired'],
  ['11001', 'chat', undefined],
  ['50001', 'call', 'stuck_due_to_api_error'],
  ['50001', 'chat', 'over_cap_email'],
  ['60001', 'call', 'direct_pstn_call_to_fallback_number'],
  ['60001', 'chat', 'group_deleted_no_substitute'],
] as const)('the fail reason %s of a %s is %s: codes overlap between channels', (code, channel, value) => {
  expect(findTerm(indexTerms(failReasonVocabulary), channel, code)?.term.value).toBe(value)
})

test('no code is known for the status of a chat', () => {
  expect(findTerm(indexTerms(statusVocabulary), 'chat', '8')).toBeUndefined()
  expect(findTerm(indexTerms(statusVocabulary), 'call', '8')?.term.value).toBe('finished')
})

test('canonicalization is idempotent, and keeps unknown words', () => {
  const words = places.flatMap(({ vocabulary, channel }) =>
    termsOf(vocabulary, channel).flatMap((term) => [term.value, String(term.code), ...(term.aliases ?? [])]),
  )
  const word = fc
    .oneof(fc.constantFrom(...words), fc.string(), fc.nat().map(String))
    .chain((text) =>
      fc.constantFrom(text, text.toUpperCase(), text.replaceAll('_', ' '), text.replaceAll(' ', '__')),
    )
  fc.assert(
    fc.property(fc.constantFrom(...places), word, ({ channel, index }, sent) => {
      const canonical = (text: string) => findTerm(index, channel, text)?.term.value ?? text
      expect(canonical(canonical(sent))).toBe(canonical(sent))
    }),
    options,
  )
})

test.each(sessionTypeVocabulary.terms)('the direction of $value agrees with the rule', (term) => {
  expect(term.direction).toBe(directionOf(term.value))
})

test('an ambiguous form is refused when the vocabulary is built', () => {
  const twice = { name: 'x', about: '', terms: terms('any', [1, 'a', 'A', ''], [1, 'b', 'B', '']) }
  expect(() => indexTerms(twice)).toThrow('x: 1 means two things for a call')
})
