import type { LakeColumn, LakeRow } from '@aftercall/warehouse/lake/lake-view'

/** What a reader can compare a column of a day with. */
export type ColumnSum = {
  name: string
  type: string
  nulls: number
  /** Of numbers: exact for integers, as text because it may be larger than a JSON number holds. */
  sum?: string
}

export type ColumnSums = { add(rows: readonly LakeRow[]): void; rows(): number; columns(): ColumnSum[] }

export function sumColumns(columns: readonly LakeColumn[]): ColumnSums {
  const sums = columns.map(({ kind, isList }) => ({
    nulls: 0,
    whole: 0n,
    float: 0,
    kind: isList ? 'text' : kind,
  }))
  let count = 0
  return {
    add(rows) {
      count += rows.length
      for (const row of rows) {
        for (const [index, sum] of sums.entries()) {
          const value = row[index] ?? null
          if (value === null) sum.nulls += 1
          else if (sum.kind === 'double') sum.float += Number(value)
          else if (isWhole(sum.kind) && (typeof value === 'number' || typeof value === 'bigint'))
            sum.whole += BigInt(value)
        }
      }
    },
    rows: () => count,
    columns: () =>
      columns.map(({ name, kind, isList }, index) => {
        const { nulls = 0, whole = 0n, float = 0, kind: summed } = sums[index] ?? {}
        const type = isList ? `${kind}[]` : kind
        if (summed === 'double') return { name, type, nulls, sum: String(float) }
        if (isWhole(summed)) return { name, type, nulls, sum: String(whole) }
        return { name, type, nulls }
      }),
  }
}

function isWhole(kind: string | undefined): boolean {
  return kind === 'int32' || kind === 'int64'
}
