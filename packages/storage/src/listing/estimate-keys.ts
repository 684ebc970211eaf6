/**
 * Estimates how many keys lie under a prefix from the first of them: keys are read as digits after a decimal point, and the
 * distance between the first and the last key of a page says how many such pages fit. Correct if the parts of keys are
 * spread evenly (numbers, hexadecimal ids), otherwise good enough to compare neighbors of the same layout.
 */
export function estimateKeys(keys: readonly string[], prefix: string): number {
  const first = keys[0]
  const last = keys.at(-1)
  if (first === undefined || last === undefined || first === last) return keys.length
  const names = keys.map((key) => withoutExtension(key.slice(prefix.length)))
  const bases = basesOf(names)
  const firstPosition = positionOf(names[0] ?? '', bases)
  const lastPosition = positionOf(names.at(-1) ?? '', bases)
  const perKey = (lastPosition - firstPosition) / (keys.length - 1)
  // Less than twice the page means nothing: the page is truncated, and the alphabet was guessed too small.
  return Math.max(keys.length * 2, Math.min((1 - firstPosition) / perKey, keysMax))
}

/** Above it, the differences are in digits that a number cannot hold. */
const keysMax = 1e15
const depthMax = 40

/** How many different characters each position may have, guessed from the characters seen there. */
function basesOf(names: readonly string[]): number[] {
  const bases: number[] = []
  for (let depth = 0; depth < depthMax; depth += 1) {
    const seen = new Set(names.map((name) => name.charAt(depth)))
    seen.delete('')
    if (seen.size === 0) break
    bases.push(baseOf([...seen].join('')))
  }
  return bases
}

function baseOf(seen: string): number {
  if (/\d/.test(seen) && /^[\d._/-]+$/.test(seen)) return 10
  if (seen.length === 1) return 1
  if (/^[\da-f]+$/.test(seen)) return 16
  return 96
}

/** From 0 up to, not including, 1. */
function positionOf(name: string, bases: readonly number[]): number {
  let position = 0
  let scale = 1
  for (const [depth, base] of bases.entries()) {
    scale /= base
    position += Math.min(rankOf(name.charCodeAt(depth), base), base - 1) * scale
  }
  return position
}

/** A name that has ended (NaN) comes first, and so do separators between numbers. */
function rankOf(unit: number, base: number): number {
  if (Number.isNaN(unit) || base === 1) return 0
  if (base === 10) return Math.max(0, unit - 48)
  if (base === 16) return unit < 58 ? unit - 48 : unit - 87
  return Math.max(0, unit - 32)
}

/** After numbers of different length, `.json` would count as digits. */
function withoutExtension(name: string): string {
  return name.replace(/\.[^./]*$/, '')
}
