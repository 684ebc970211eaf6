/**
 * Negative if key `a` comes before `b` in a listing: in the order of their UTF-8 bytes, as in Postgres under the
 * collation "C" (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html). `<` compares UTF-16
 * units, which sorts characters with surrogates before U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let position = 0; position < length; position += 1) {
    const left = a.charCodeAt(position)
    const right = b.charCodeAt(position)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
