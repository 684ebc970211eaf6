/**
 * How the values of a column travel, and what they are in JavaScript:
 * - `boolean`; `int32` and `double` as numbers; `int64` as bigint; `text`, and `json` as its text;
 * - `date` as days since 1970-01-01;
 * - `instant` as microseconds since 1970 in UTC; `local_time` as microseconds since 1970 on the tenant's clock.
 */
export type LakeKind =
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'text'
  | 'json'
  | 'date'
  | 'instant'
  | 'local_time'

export type LakeColumn = {
  name: string
  kind: LakeKind
  /** An array of such values. */
  isList: boolean
}

export type LakeScalar = string | number | bigint | boolean | null
export type LakeValue = LakeScalar | LakeScalar[]

/** In the order of the view's columns. */
export type LakeRow = LakeValue[]

/** A view of `analytics` that can be written day by day. */
export type LakeView = {
  name: string
  /** Without `source` and `local_day`, which are the names of the folders. */
  columns: LakeColumn[]
}

export class LakeColumnError extends Error {
  override readonly name = 'LakeColumnError'
  readonly code = 'column_type_unsupported'
  readonly retryable = false
  constructor(view: string, column: string, type: string) {
    super(
      `analytics.${view}.${column} has the type ${type}, which cannot be exported; cast it in a view of your own`,
    )
  }
}

const kinds: Readonly<Record<string, LakeKind>> = {
  boolean: 'boolean',
  smallint: 'int32',
  integer: 'int32',
  bigint: 'int64',
  real: 'double',
  'double precision': 'double',
  numeric: 'double',
  text: 'text',
  'character varying': 'text',
  uuid: 'text',
  json: 'json',
  jsonb: 'json',
  date: 'date',
  'timestamp with time zone': 'instant',
  'timestamp without time zone': 'local_time',
}

const listed: ReadonlySet<LakeKind> = new Set<LakeKind>(['boolean', 'int32', 'int64', 'double', 'text'])

/**
 * The column of a view by the name of its type in Postgres, as `format_type` writes it.
 * @throws LakeColumnError for any other type.
 */
export function lakeColumnOf(view: string, name: string, type: string): LakeColumn {
  const isList = type.endsWith('[]')
  const kind = kinds[isList ? type.slice(0, -2) : type]
  if (kind === undefined || (isList && !listed.has(kind))) throw new LakeColumnError(view, name, type)
  return { name, kind, isList }
}
