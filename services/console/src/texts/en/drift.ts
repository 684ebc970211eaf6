import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { code, type Words } from '../marked.ts'

export const drift = {
  title: 'Drift',
  titleOf: (source: string): string => `Drift of ${source}`,
  lead: [
    'Fields without a column, and words that no vocabulary contains. Nothing is lost: fields are kept in the column ',
    code('extra'),
    ' of their row, and words are stored as sent. A newer release may know them. Negative durations, durations over a day, and duplicate rows are listed here too; they are stored as sent.',
  ] as Words,
  none: 'Every field has a column',
  noneText: 'Unknown fields and words appear here, with their path and how often they occur.',
  cut: 'Only the most frequent ones are shown.',
  documents: 'Documents',
  firstSeen: 'First seen',
  lastSeen: 'Last seen',
  example: 'Example',
  history: 'history',
  sources: 'Sources',
  words: 'Words',
  wordCount: (count: number): string => `${formatCount(count, 'word')}, by vocabulary`,
  word: 'Word',
  vocabulary: 'Vocabulary',
  column: 'Column',
  fields: 'Fields',
  pathCount: (count: number): string => `${formatCount(count, 'path')}, the most frequent first`,
  path: 'Path',
  type: 'Type',
  /** A JSON type, or what is unusual about the values. */
  typeName: (type: string): string => type,
  /** A crash loses or repeats some of the count. "about" is left out for small numbers, where it reads oddly. */
  about: (documents: number): string =>
    documents < 1_000 ? formatNumber(documents) : `about ${formatNumber(documents)}`,
  ofSource: (source: string, channel: string): string => `${source}, ${channel}`,
  semicolon: '; ',
}
