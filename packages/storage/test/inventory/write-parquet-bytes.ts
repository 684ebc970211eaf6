/** A value of Thrift's compact protocol. The tests write values that no real writer would. */
export type Thrift =
  /** 32 bits. */
  | { i: number }
  /** 64 bits. */
  | { l: number }
  | { text: string }
  | { list: Thrift[]; says?: number }
  | { struct: [id: number, value: Thrift][] }
  | { raw: Buffer; type: number }

const typeOf = (value: Thrift): number =>
  'i' in value
    ? 5
    : 'l' in value
      ? 6
      : 'text' in value
        ? 8
        : 'list' in value
          ? 9
          : 'struct' in value
            ? 12
            : value.type

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left % 128) + 128)
  }
}

const zigzag = (value: number): Buffer => varint(value < 0 ? -value * 2 - 1 : value * 2)

export function writeThrift(value: Thrift): Buffer {
  if ('i' in value) return zigzag(value.i)
  if ('l' in value) return zigzag(value.l)
  if ('text' in value) return Buffer.concat([varint(Buffer.byteLength(value.text)), Buffer.from(value.text)])
  if ('raw' in value) return value.raw
  if ('list' in value) {
    const { list, says = list.length } = value
    const head = Buffer.from([0xf0 + (list[0] === undefined ? 12 : typeOf(list[0]))])
    return Buffer.concat([head, varint(says), ...list.map(writeThrift)])
  }
  const fields = value.struct.map(([id, of]) =>
    Buffer.concat([Buffer.from([typeOf(of)]), zigzag(id), writeThrift(of)]),
  )
  return Buffer.concat([...fields, Buffer.from([0])])
}

/** A page of the first version. The numbers are those of the format, for any bytes. */
export function pageOf(
  bytes: Buffer,
  says: { values: number; encoding?: number; type?: number; packed?: number; unpacked?: number },
): Buffer {
  const { values, encoding = 0, type = 0, packed = bytes.length, unpacked = bytes.length } = says
  const fields: Thrift = {
    struct: [
      [1, { i: values }],
      [2, { i: encoding }],
      [3, { i: 3 }],
      [4, { i: 3 }],
    ],
  }
  const header: Thrift = {
    struct: [
      [1, { i: type }],
      [2, { i: unpacked }],
      [3, { i: packed }],
      [type === 2 ? 7 : 5, fields],
    ],
  }
  return Buffer.concat([writeThrift(header), bytes])
}

/** A page of the second version, without the field that `lacks` names. */
export function page2Of(
  bytes: Buffer,
  says: { values: number; nulls?: number; levelBytes?: number; encoding?: number; lacks?: number },
): Buffer {
  const { values, nulls = 0, levelBytes = 0, encoding = 0, lacks } = says
  const all = [values, nulls, values, encoding, levelBytes, 0]
  const fields = all.map((i, place): [number, Thrift] => [place + 1, { i }]).filter(([id]) => id !== lacks)
  return Buffer.concat([
    writeThrift({
      struct: [
        [1, { i: 3 }],
        [2, { i: bytes.length }],
        [3, { i: bytes.length }],
        [8, { struct: fields }],
      ],
    }),
    bytes,
  ])
}

/** Parquet's plain encoding of texts. */
export function plainTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(text))
      return [length, Buffer.from(text)]
    }),
  )
}

/** Definition levels or indexes: the same value `count` times. */
export const runOf = (count: number, value: number): Buffer =>
  Buffer.concat([varint(count * 2), Buffer.from([value])])

export function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

export type FileSays = {
  rows: number
  isOptional?: boolean
  codec?: number
  offset?: number
  columnBytes?: number
  rowGroups?: Thrift
  metadataBytes?: number
}

/** A file with the single column `key` and any metadata. */
export function parquetOf(pages: Buffer[], says: FileSays): Buffer {
  const chunk = Buffer.concat(pages)
  const { rows, isOptional = false, codec = 0, offset = 4, columnBytes = chunk.length } = says
  const root: Thrift = {
    struct: [
      [4, { text: 'inventory' }],
      [5, { i: 1 }],
    ],
  }
  const key: Thrift = {
    struct: [
      [1, { i: 6 }],
      [3, { i: isOptional ? 1 : 0 }],
      [4, { text: 'key' }],
      [6, { i: 0 }],
    ],
  }
  const column: Thrift = {
    struct: [
      [1, { i: 6 }],
      [2, { list: [{ i: 0 }] }],
      [3, { list: [{ text: 'key' }] }],
      [4, { i: codec }],
      [5, { l: rows }],
      [6, { l: chunk.length }],
      [7, { l: columnBytes }],
      [9, { l: offset }],
    ],
  }
  const group: Thrift = {
    struct: [
      [
        1,
        {
          list: [
            {
              struct: [
                [2, { l: 4 }],
                [3, column],
              ],
            },
          ],
        },
      ],
      [2, { l: chunk.length }],
      [3, { l: rows }],
    ],
  }
  const metadata = writeThrift({
    struct: [
      [1, { i: 1 }],
      [2, { list: [root, key] }],
      [3, { l: rows }],
      [4, says.rowGroups ?? { list: [group] }],
    ],
  })
  const length = Buffer.alloc(4)
  length.writeUInt32LE(says.metadataBytes ?? metadata.length)
  return Buffer.concat([Buffer.from('PAR1'), chunk, metadata, length, Buffer.from('PAR1')])
}
