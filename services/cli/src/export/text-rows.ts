import type {
  LakeColumn,
  LakeKind,
  LakeRow,
  LakeScalar,
  LakeValue,
} from '@aftercall/warehouse/lake/lake-view'

/** RFC 4180, as `aftercall sql --format csv`: null is an empty field, empty text is in quotes. */
export function formatCsvRow(row: LakeRow, columns: readonly LakeColumn[]): string {
  return columns.map((column, index) => csvField(row[index] ?? null, column)).join(',')
}

export function formatCsvHeader(columns: readonly LakeColumn[]): string {
  return columns.map(({ name }) => quotedIfNeeded(name)).join(',')
}

/** One JSON object. Integers keep all digits; `json` is embedded as it is; NaN and infinity are text. */
export function formatJsonRow(row: LakeRow, columns: readonly LakeColumn[]): string {
  const members = columns.map(
    (column, index) => `${JSON.stringify(column.name)}:${jsonValue(row[index] ?? null, column)}`,
  )
  return `{${members.join(',')}}`
}

function csvField(value: LakeValue, column: LakeColumn): string {
  if (value === null) return ''
  return quotedIfNeeded(Array.isArray(value) ? jsonValue(value, column) : plain(value, column.kind))
}

function quotedIfNeeded(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function jsonValue(value: LakeValue, { kind }: LakeColumn): string {
  return Array.isArray(value)
    ? `[${value.map((element) => jsonScalar(element, kind)).join(',')}]`
    : jsonScalar(value, kind)
}

function jsonScalar(value: LakeScalar, kind: LakeKind): string {
  if (value === null) return 'null'
  const text = plain(value, kind)
  if (kind === 'json') return text
  const isBare = kind === 'boolean' || kind === 'int32' || kind === 'int64' || Number.isFinite(value)
  return isBare && kind !== 'date' ? text : JSON.stringify(text)
}

/** Times in ISO 8601 with microseconds: instants end with Z, local times have no zone. */
function plain(value: Exclude<LakeScalar, null>, kind: LakeKind): string {
  if (typeof value === 'bigint' && kind !== 'int64')
    return `${formatMicros(value)}${kind === 'instant' ? 'Z' : ''}`
  if (kind === 'date') return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10)
  return String(value)
}

function formatMicros(micros: bigint): string {
  const below = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = Number((micros - below) / 1_000_000n)
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${String(below).padStart(6, '0')}`
}
