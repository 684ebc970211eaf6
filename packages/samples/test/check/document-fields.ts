/** Fields of a document with any shape. A rule does not apply to values that it does not expect. */
export type Fields = Readonly<Record<string, unknown>>

/** Records a violation unless the claim holds. */
export type Claim = (holds: boolean, violation: string) => void

export function rowsOf(document: Fields, key: string): Fields[] {
  const value = document[key]
  return Array.isArray(value) ? value.filter(isFields) : []
}

export function numberOf(row: Fields, ...keys: string[]): number | null {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === 'number') return value
  }
  return null
}

/** Epoch seconds of the first of these keys that holds a time. */
export function timeOf(row: Fields, ...keys: string[]): number | null {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return Date.parse(value) / 1000
  }
  return null
}

export function fieldsOf(row: Fields, key: string): Fields | null {
  const value = row[key]
  return isFields(value) ? value : null
}

export function sumOf(rows: readonly Fields[], ...keys: string[]): number {
  return rows.reduce((sum, row) => sum + (numberOf(row, ...keys) ?? 0), 0)
}

/** The keys of the conversation time for calls and chats. */
export const conversationKeys = ['call_duration', 'chat_duration'] as const

/** Whether a row of `handle_durations[]` is wrap-up. The others are talk rows. */
export function isWrapUp(row: Fields): boolean {
  return (numberOf(row, 'acw_duration') ?? 0) > 0 && (numberOf(row, ...conversationKeys) ?? 0) === 0
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
