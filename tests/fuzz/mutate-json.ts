import { chance, integer, pick, type Random } from '@aftercall/samples/random'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** A value and where it is. */
type Slot = { holder: Json[] | { [key: string]: Json }; key: string }

/** One change of the parsed input. Undefined if it is not JSON, or has nothing to change. */
export function mutateJson(
  random: Random,
  bytes: Buffer,
  { words, other, bytesMax }: { words: readonly string[]; other: Uint8Array; bytesMax: number },
): Buffer | undefined {
  const root = { value: parse(bytes) }
  if (root.value === undefined) return undefined
  const slots = slotsOf({ value: root.value })
  const slot = pick(random, slots)
  const value = valueAt(slot)
  switch (integer(random, 0, 7)) {
    case 0:
      set(slot, oddValue(random, words))
      break
    case 1:
      removeSlot(slot)
      break
    case 2:
      rename(random, slot, words)
      break
    case 3:
      repeatValue(random, slot, value, bytesMax)
      break
    case 4: {
      const donor = parse(other)
      set(
        slot,
        donor === undefined ? null : structuredClone(valueAt(pick(random, slotsOf({ value: donor })))),
      )
      break
    }
    case 5:
      set(slot, chance(random, 0.5) ? [value] : { [pickWord(random, words)]: value })
      break
    case 6:
      set(slot, otherType(value))
      break
    default:
      addKey(random, slot, words)
  }
  const holder = slots[0]?.holder
  const text = JSON.stringify(holder === undefined ? null : (holder as { value: Json }).value)
  return text === undefined || text.length > bytesMax ? undefined : Buffer.from(text)
}

function parse(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json
  } catch {
    return undefined
  }
}

const slotsMax = 5_000

/** Every place of a value, the root in `holder.value` first. */
function slotsOf(holder: { value: Json }): Slot[] {
  const slots: Slot[] = [{ holder, key: 'value' }]
  for (let at = 0; at < slots.length && slots.length < slotsMax; at += 1) {
    const slot = slots[at]
    const value = slot === undefined ? null : valueAt(slot)
    if (typeof value !== 'object' || value === null) continue
    for (const key of Object.keys(value)) slots.push({ holder: value, key })
  }
  return slots
}

function valueAt({ holder, key }: Slot): Json {
  return (holder as { [key: string]: Json })[key] ?? null
}

function set({ holder, key }: Slot, value: Json): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true })
}

function removeSlot({ holder, key }: Slot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else if (key !== 'value') delete holder[key]
}

function rename(random: Random, slot: Slot, words: readonly string[]): void {
  if (Array.isArray(slot.holder) || slot.key === 'value') return
  const value = valueAt(slot)
  removeSlot(slot)
  set({ holder: slot.holder, key: pickWord(random, words) }, value)
}

function addKey(random: Random, slot: Slot, words: readonly string[]): void {
  const value = valueAt(slot)
  if (Array.isArray(value)) value.push(oddValue(random, words))
  else if (typeof value === 'object' && value !== null)
    set({ holder: value, key: pickWord(random, words) }, oddValue(random, words))
  else set(slot, oddValue(random, words))
}

/** Repeats an element of a list, the keys of an object under other names, or a text. */
function repeatValue(random: Random, slot: Slot, value: Json, bytesMax: number): void {
  const written = JSON.stringify(value)?.length ?? 1
  const times = Math.min(2 ** integer(random, 0, 14), Math.floor(bytesMax / 2 / (written + 8)))
  if (times < 1) return
  if (Array.isArray(slot.holder)) {
    const copies = Array.from({ length: times }, () => structuredClone(value))
    slot.holder.splice(Number(slot.key), 0, ...copies)
  } else if (typeof value === 'string') set(slot, value.repeat(times))
  else if (slot.key === 'value')
    set(
      slot,
      Array.from({ length: times }, () => structuredClone(value)),
    )
  else
    for (let copy = 0; copy < times; copy += 1)
      set({ holder: slot.holder, key: `${slot.key}${copy}` }, structuredClone(value))
}

/** A text that holds the value, or the value that a text holds. */
function otherType(value: Json): Json {
  if (typeof value !== 'string') return JSON.stringify(value)
  return parse(Buffer.from(value)) ?? [...value].slice(0, 50)
}

const oddTexts = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\udc00\ud800',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '-0',
  '1e400',
  '\u202e',
  '💥',
]
const oddNumbers = [0, -0, -1, 0.1, 1e21, 1e308, -1e-320, 2 ** 31, 2 ** 53, -(2 ** 63), 8.64e15, 8.65e15]

function oddValue(random: Random, words: readonly string[]): Json {
  switch (integer(random, 0, 9)) {
    case 0:
      return pick(random, [null, true, false, [], {}])
    case 1:
    case 2:
      return pick(random, oddNumbers)
    case 3:
      return pick(random, oddTexts)
    case 4:
      // Not to be turned into a primitive value.
      return { toString: 1, valueOf: null, constructor: 'x' }
    case 5:
      return nested(integer(random, 1, 120))
    case 6:
      return 'a'.repeat(2 ** integer(random, 0, 12))
    default:
      return pickWord(random, words)
  }
}

function nested(depth: number): Json {
  let value: Json = 1
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

function pickWord(random: Random, words: readonly string[]): string {
  return words.length === 0 || chance(random, 0.1) ? pick(random, oddTexts) : pick(random, words)
}
