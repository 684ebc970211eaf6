import type { Dictionary } from '@aftercall/warehouse/schema/dictionary'
import { printJson } from '../terminal/print-json.ts'
import { printDbtSources } from './print-dbt-sources.ts'
import { printMarkdown } from './print-markdown.ts'

export const dictionaryFormats = ['md', 'dbt', 'json'] as const

export type DictionaryFormat = (typeof dictionaryFormats)[number]

/** The dictionary as the text of a file, which ends with a line break. */
export function printDictionary(dictionary: Dictionary, format: DictionaryFormat): string {
  switch (format) {
    case 'md':
      return printMarkdown(dictionary)
    case 'dbt':
      return printDbtSources(dictionary)
    case 'json':
      return `${printJson(dictionary, 2)}\n`
  }
}
