import type { Dictionary } from '@aftercall/warehouse/schema/dictionary'
import { formatJson } from '../terminal/format-json.ts'
import { formatDbtSources } from './print-dbt-sources.ts'
import { formatMarkdown } from './print-markdown.ts'

export const dictionaryFormats = ['md', 'dbt', 'json'] as const

export type DictionaryFormat = (typeof dictionaryFormats)[number]

/** The dictionary as the content of a file, ending with a line break. */
export function formatDictionary(dictionary: Dictionary, format: DictionaryFormat): string {
  switch (format) {
    case 'md':
      return formatMarkdown(dictionary)
    case 'dbt':
      return formatDbtSources(dictionary)
    case 'json':
      return `${formatJson(dictionary, 2)}\n`
  }
}
