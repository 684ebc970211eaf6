import type { NamedTest } from './list-tests.ts'

const listed = /(<!-- tests of (I\d+), by npm run spec -->\n)[\s\S]*?(<!-- end -->)/g

/** The document with its lists of tests written again: each test under every invariant that its name begins with. */
export function fillSpec(text: string, tests: readonly NamedTest[]): string {
  return text.replaceAll(listed, (_all, start: string, invariant: string, end: string) => {
    const proofs = tests.filter((one) => one.invariants.includes(invariant))
    return `${start}\n${printByFile(proofs)}\n${end}`
  })
}

/** The invariants that have a list in the document. */
export function invariantsListed(text: string): string[] {
  return [...text.matchAll(listed)].map((found) => found[2] ?? '')
}

function printByFile(tests: readonly NamedTest[]): string {
  const byFile = Map.groupBy(tests, (one) => one.file)
  return [...byFile]
    .map(([file, ofFile]) => {
      const names = [...new Set(ofFile.map(printName))].map((name) => `  - ${name}\n`)
      return `- [${file}](../${file})\n${names.join('')}`
    })
    .join('')
}

/** As code, so that Markdown leaves the name as it is. */
function printName({ name, isGroup }: NamedTest): string {
  const fence = name.includes('`') ? '``' : '`'
  return `${fence}${name}${fence}${isGroup ? ' (every test of the group)' : ''}`
}
