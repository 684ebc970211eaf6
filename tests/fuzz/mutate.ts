import { chance, integer, pick, type Random } from '@aftercall/samples/random'
import { mutateJson } from './mutate-json.ts'
import type { Target } from './target.ts'

type Change = (random: Random, bytes: Buffer, parts: Parts) => Buffer

/** What a change may take from elsewhere. */
type Parts = { words: readonly string[]; other: Uint8Array; bytesMax: number }

/** The input with one to eight changes, never longer than the target allows. */
export function mutate(
  random: Random,
  { form, words, bytesMax }: Pick<Target, 'form' | 'words' | 'bytesMax'>,
  bytes: Uint8Array,
  other: Uint8Array,
): Uint8Array {
  const parts = { words, other, bytesMax }
  let changed: Buffer = Buffer.from(bytes)
  for (let left = 2 ** integer(random, 0, 3); left > 0; left -= 1) {
    const asJson = form === 'json' && chance(random, 0.7) ? mutateJson(random, changed, parts) : undefined
    changed =
      asJson ?? pick(random, form === 'bytes' ? changesOfBytes : changesOfText)(random, changed, parts)
    if (changed.length > bytesMax) changed = changed.subarray(0, bytesMax)
  }
  return changed
}

const flipBit: Change = (random, bytes) => {
  if (bytes.length === 0) return bytes
  const at = integer(random, 0, bytes.length - 1)
  const changed = Buffer.from(bytes)
  changed[at] = (bytes[at] ?? 0) ^ (1 << integer(random, 0, 7))
  return changed
}

const oddBytes = [0, 9, 10, 13, 32, 34, 44, 48, 57, 92, 127, 128, 255]

const setByte: Change = (random, bytes) => {
  if (bytes.length === 0) return bytes
  const changed = Buffer.from(bytes)
  const byte = chance(random, 0.5) ? integer(random, 0, 255) : pick(random, oddBytes)
  changed[integer(random, 0, bytes.length - 1)] = byte
  return changed
}

/** A number of four bytes, in either order, as formats of bytes write lengths. */
const setNumber: Change = (random, bytes) => {
  if (bytes.length < 4) return bytes
  const changed = Buffer.from(bytes)
  const at = integer(random, 0, bytes.length - 4)
  const number = pick(random, [0, 1, bytes.length, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])
  if (chance(random, 0.5)) changed.writeUInt32LE(number, at)
  else changed.writeUInt32BE(number, at)
  return changed
}

const remove: Change = (random, bytes) => {
  const [from, to] = rangeOf(random, bytes)
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

const insertWord: Change = (random, bytes, { words }) => {
  if (words.length === 0) return bytes
  return insert(random, bytes, Buffer.from(pick(random, words)))
}

const replaceByWord: Change = (random, bytes, { words }) => {
  if (words.length === 0) return bytes
  const [from, to] = rangeOf(random, bytes)
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(pick(random, words)), bytes.subarray(to)])
}

const insertNoise: Change = (random, bytes) =>
  insert(
    random,
    bytes,
    Buffer.from(Array.from({ length: integer(random, 1, 8) }, () => integer(random, 0, 255))),
  )

/** Puts a part of another input in. */
const splice: Change = (random, bytes, { other }) => {
  const [from, to] = rangeOf(random, Buffer.from(other))
  return insert(random, bytes, Buffer.from(other.subarray(from, to)))
}

/** Repeats a part: what costs more than linearly shows itself only in long inputs. */
const repeat: Change = (random, bytes, { bytesMax }) => {
  const [from, to] = rangeOf(random, bytes)
  if (to === from) return bytes
  const room = Math.max(0, bytesMax - bytes.length)
  const times = Math.min(Math.floor(room / (to - from)), 2 ** integer(random, 0, 16))
  const copies = Buffer.alloc(times * (to - from), bytes.subarray(from, to))
  return Buffer.concat([bytes.subarray(0, to), copies, bytes.subarray(to)])
}

const numbers = [
  '0',
  '-1',
  '00',
  '1e999',
  '1e-999',
  '9007199254740993',
  '2147483648',
  '-0',
  '4294967296',
  '99999999999999999999',
]

const setDigits: Change = (random, bytes) => {
  const found = [...bytes.toString('latin1').matchAll(/\d+/g)]
  if (found.length === 0) return bytes
  const { index, 0: digits } = pick(random, found)
  const number = Buffer.from(pick(random, numbers))
  return Buffer.concat([bytes.subarray(0, index), number, bytes.subarray(index + digits.length)])
}

const swapLines: Change = (random, bytes) => {
  const lines = bytes.toString('latin1').split('\n')
  const from = integer(random, 0, lines.length - 1)
  const [line = ''] = lines.splice(from, 1)
  lines.splice(integer(random, 0, lines.length), 0, line, ...(chance(random, 0.5) ? [line] : []))
  return Buffer.from(lines.join('\n'), 'latin1')
}

const changesOfBytes = [
  flipBit,
  setByte,
  setNumber,
  remove,
  insertWord,
  replaceByWord,
  insertNoise,
  splice,
  repeat,
]
const changesOfText = [
  flipBit,
  setByte,
  remove,
  insertWord,
  insertWord,
  replaceByWord,
  splice,
  repeat,
  setDigits,
  swapLines,
]

/** A range of a random magnitude. */
function rangeOf(random: Random, bytes: Uint8Array): [from: number, to: number] {
  const length = Math.min(bytes.length, integer(random, 0, 2 ** integer(random, 0, 9)))
  const from = integer(random, 0, bytes.length - length)
  return [from, from + length]
}

function insert(random: Random, bytes: Buffer, part: Uint8Array): Buffer {
  const at = integer(random, 0, bytes.length)
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)])
}
