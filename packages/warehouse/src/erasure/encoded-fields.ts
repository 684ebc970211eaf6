import { createByteWriter, reserve, writeBytes, writeInt16, writeInt32 } from '../copy/byte-writer.ts'

/** The fields of one encoded row; null for a null. */
export type EncodedRow = (Uint8Array | null)[]

/** Takes the rows of a table apart again, as `writeFields` has written them. */
export function readRows(bytes: Uint8Array): EncodedRow[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows: EncodedRow[] = []
  for (let at = 0; at < view.length; ) {
    const row: EncodedRow = new Array(view.readInt16BE(at))
    at += 2
    for (let place = 0; place < row.length; place += 1) {
      const length = view.readInt32BE(at)
      at += 4
      row[place] = length < 0 ? null : view.subarray(at, at + length)
      if (length > 0) at += length
    }
    rows.push(row)
  }
  return rows
}

export function writeRows(rows: readonly EncodedRow[]): Buffer {
  const out = createByteWriter(1_024)
  for (const row of rows) {
    reserve(out, 2 + row.length * 4)
    writeInt16(out, row.length)
    for (const field of row) {
      reserve(out, 4)
      writeInt32(out, field === null ? -1 : field.length)
      if (field !== null) writeBytes(out, field)
    }
  }
  return out.buffer.subarray(0, out.at)
}

export function textOf(field: Uint8Array): string {
  return Buffer.from(field).toString('utf8')
}

export function idOf(field: Uint8Array): string {
  return Buffer.from(field).readBigInt64BE().toString()
}

export function idField(id: string): Buffer {
  const field = Buffer.alloc(8)
  field.writeBigInt64BE(BigInt(id))
  return field
}

/** A uuid as its 32 digits. */
export function digitsOf(field: Uint8Array): string {
  return Buffer.from(field).toString('hex')
}
