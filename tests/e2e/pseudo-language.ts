import { en, type Texts } from '../../services/console/src/texts/en.ts'

const accents: Readonly<Record<string, string>> = {
  ...{ a: 'á', c: 'ç', e: 'é', i: 'í', n: 'ñ', o: 'ö', s: 'š', u: 'ü', y: 'ý', z: 'ž' },
  ...{ A: 'Å', C: 'Ç', E: 'É', I: 'Î', N: 'Ñ', O: 'Ö', S: 'Š', U: 'Û', Y: 'Ý', Z: 'Ž' },
}

/** English with accents, and 40 % longer: as long as other languages are. Numbers and times stay as they are. */
export function pseudoLanguage(): Texts {
  const { formats, name, ...texts } = en
  // Each value is replaced by one of its kind.
  return { ...(changeAll(texts) as Omit<Texts, 'formats' | 'name'>), formats, name: change(name) }
}

function changeAll(value: unknown): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value === 'function') return (...given: unknown[]) => changeAll(value(...given))
  if (Array.isArray(value)) return value.map(changeAll)
  // The parts of a page that are put into a sentence are left alone.
  if (typeof value !== 'object' || value === null || 'props' in value) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, changeAll(one)]))
}

/** Punctuation alone, such as the comma of a list, is no word. */
function change(text: string): string {
  const more = Math.ceil((text.match(/[a-z]/gi)?.length ?? 0) * 0.4)
  if (more === 0) return text
  const accented = text.replaceAll(/[a-z]/gi, (letter) => accents[letter] ?? letter)
  // In words, as a longer text would be.
  const filling = 'ëxtrå wörds '
    .repeat(Math.ceil(more / 12))
    .slice(0, more)
    .trimEnd()
  return `${accented}${more > 6 ? ' ' : ''}${filling}`
}
