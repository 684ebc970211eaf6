/**
 * What of a key's path may be read in another way on its way to the store: `.` and `..` between slashes, the same in percent
 * encoding, empty names between slashes.
 */
export type OddPart = 'dots' | 'encoded-dots' | 'slashes'

const dots = /(^|\/)\.{1,2}(\/|$)/
const encodedDots = /(^|[/\\]|%2f|%5c)(\.|%2e){1,2}([/\\]|%2f|%5c|$)/i
const emptyName = /^\/|\/\//

/** None for nearly all keys. A single `.` or `..`, `a/../b`, `%2e%2e/b`, `a//b` and `/a` have some. */
export function oddPartsOf(key: string): OddPart[] {
  const parts: OddPart[] = []
  if (dots.test(key)) parts.push('dots')
  else if (encodedDots.test(key)) parts.push('encoded-dots')
  if (emptyName.test(key)) parts.push('slashes')
  return parts
}

/** Another key, which leads to the very same object wherever a part of that kind is read in another way. */
export function detourTo(key: string, part: OddPart, random: string): string {
  const folder = key.slice(0, key.lastIndexOf('/') + 1)
  const name = key.slice(folder.length)
  switch (part) {
    case 'dots':
      return `${folder}${random}/../${name}`
    case 'encoded-dots':
      return `${folder}${random}/%2e%2e/${name}`
    case 'slashes':
      return `${folder}///${name}`
  }
}
