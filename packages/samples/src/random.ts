/**
 * A small seeded generator (sfc32) for samples and tests: the same seed gives the same values on every
 * machine. Plain data, so a test can keep or compare it.
 */
export type Random = {
  /** The seed of the generator. Forks start from it, independent of previous draws. */
  readonly key: readonly [number, number]
  a: number
  b: number
  c: number
  counter: number
}

export type Weighted<T> = readonly (readonly [value: T, weight: number])[]

export type LogNormal = {
  medianSeconds: number
  /** Standard deviation of the logarithm: 0.5 is narrow, 1 is wide. */
  spread: number
  minSeconds?: number
  maxSeconds: number
}

export function randomFrom(seed: string | number): Random {
  return keyed(hash(0x9e3779b9, 0x243f6a88, String(seed)))
}

/** An independent generator for a named or numbered part. It does not depend on previous draws. */
export function fork(random: Random, label: string | number): Random {
  const [high, low] = random.key
  return keyed(typeof label === 'number' ? hashNumber(high, low, label) : hash(high, low, label))
}

/** A number in [0, 1) with 32 random bits. */
export function unit(random: Random): number {
  return next(random) / 0x1_0000_0000
}

/** A whole number from `min` to `max`, both included. */
export function integer(random: Random, min: number, max: number): number {
  return min + Math.floor(unit(random) * (max - min + 1))
}

export function chance(random: Random, probability: number): boolean {
  return unit(random) < probability
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[integer(random, 0, items.length - 1)]
  if (item === undefined) throw new Error('pick needs at least one item')
  return item
}

/** One of the values, each as likely as its share of all weights. */
export function weighted<T>(random: Random, choices: Weighted<T>): T {
  let total = 0
  for (const [, weight] of choices) total += weight
  let left = unit(random) * total
  for (const [value, weight] of choices) {
    left -= weight
    if (left < 0) return value
  }
  const last = choices.at(-1)
  if (last === undefined) throw new Error('weighted needs at least one choice')
  return last[0]
}

/** Whole seconds with a log-normal distribution, like waits and talks: many short ones, few very long ones. */
export function logNormalSeconds(random: Random, shape: LogNormal): number {
  const seconds = Math.round(shape.medianSeconds * Math.exp(shape.spread * normal(random)))
  return Math.min(Math.max(seconds, shape.minSeconds ?? 1), shape.maxSeconds)
}

/** `length` lower-case hexadecimal digits. */
export function hexText(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += next(random).toString(16).padStart(8, '0')
  return text.slice(0, length)
}

/** A UUID in version 4 form, though nothing about it is unpredictable. */
export function uuidText(random: Random): string {
  const hex = hexText(random, 32)
  const variant = '89ab'.charAt(integer(random, 0, 3))
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-')
}

// Box-Muller transform. 1 - u avoids the logarithm of zero.
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - unit(random))) * Math.cos(2 * Math.PI * unit(random))
}

function next(random: Random): number {
  const sum = (random.a + random.b + random.counter) | 0
  random.counter = (random.counter + 1) | 0
  random.a = random.b ^ (random.b >>> 9)
  random.b = (random.c + (random.c << 3)) | 0
  random.c = ((random.c << 21) | (random.c >>> 11)) + sum
  random.c |= 0
  return sum >>> 0
}

function keyed(key: readonly [number, number]): Random {
  const random: Random = { key, a: key[0], b: key[1], c: key[0] ^ 0x85ebca6b, counter: 1 }
  // sfc32 needs some rounds before near-equal keys look unrelated.
  for (let round = 0; round < 12; round++) next(random)
  return random
}

function hash(high: number, low: number, text: string): readonly [number, number] {
  let a = high
  let b = low
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15)
  }
  return [mix(a ^ text.length), mix(b ^ a)]
}

// Numbered forks are made for every session, so they do not use text.
function hashNumber(high: number, low: number, value: number): readonly [number, number] {
  const a = mix(high ^ mix(value | 0) ^ 0x27d4eb2f)
  return [a, mix((low + Math.floor(value / 0x1_0000_0000)) ^ Math.imul(a, 0x9e3779b1))]
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x7feb352d)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x846ca68b)
  return (mixed ^ (mixed >>> 16)) | 0
}
