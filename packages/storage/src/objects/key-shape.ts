/**
 * Parts of a key that a proxy may change on the way to the store: `.` and `..` between slashes, the same with percent
 * encoding, and empty names between slashes.
 */
export type OddPart = 'dots' | 'encoded-dots' | 'slashes'

const dots = /(^|\/)\.{1,2}(\/|$)/
const encodedDots = /(^|[/\\]|%2f|%5c)(\.|%2e){1,2}([/\\]|%2f|%5c|$)/i
const emptyName = /^\/|\/\//

/** Empty for nearly all keys. `.`, `..`, `a/../b`, `%2e%2e/b`, `a//b`, and `/a` have some. */
export function oddPartsOf(key: string): OddPart[] {
  const parts: OddPart[] = []
  if (dots.test(key)) parts.push('dots')
  else if (encodedDots.test(key)) parts.push('encoded-dots')
  if (emptyName.test(key)) parts.push('slashes')
  return parts
}

/** Another key, which leads to the same object if a proxy changes parts of this kind. */
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
