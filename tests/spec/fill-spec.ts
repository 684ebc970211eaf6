import type { Model } from '../models/list-models.ts'
import type { NamedTest } from './list-tests.ts'

const listed = /(<!-- tests of (I\d+), by npm run spec -->\n)[\s\S]*?(<!-- end -->)/g

const ofModels = /(<!-- models, by npm run spec -->\n)[\s\S]*?(<!-- end -->)/

/**
 * The document with its lists written again: each test under every invariant that its name begins with, as are the
 * properties of models; and the models with the code that they stand for.
 */
export function fillSpec(text: string, tests: readonly NamedTest[], models: readonly Model[]): string {
  return text
    .replaceAll(listed, (_all, start: string, invariant: string, end: string) => {
      const proofs = tests.filter((one) => one.invariants.includes(invariant))
      return `${start}\n${printByFile(proofs)}${printProperties(models, invariant)}\n${end}`
    })
    .replace(
      ofModels,
      (_all, start: string, end: string) => `${start}\n${models.map(printModel).join('\n')}\n${end}`,
    )
}

/** What the models say about an invariant. */
function printProperties(models: readonly Model[], invariant: string): string {
  return models
    .map(({ file, properties }) => {
      const own = properties.filter(({ invariants }) => invariants.includes(invariant))
      if (own.length === 0) return ''
      return `- [${file}](../${file}), in every state\n${own.map(({ name, statement }) => `  - \`${name}\`: ${statement}\n`).join('')}`
    })
    .join('')
}

function printModel({ file, properties, places, broken }: Model): string {
  const others = properties.filter(({ invariants }) => invariants.length === 0)
  return [
    `### [${file}](../${file})\n`,
    ...others.map(({ name, statement }) => `- \`${name}\`: ${statement}`),
    ...(others.length === 0 ? [] : ['']),
    '| code | what it is in the model |',
    '|---|---|',
    ...places.map(({ name, file: place, step }) => `| [${name}](../${place}) | ${step} |`),
    '',
    '| broken when | it violates |',
    '|---|---|',
    ...broken.map(({ what, violates }) => `| ${what} | \`${violates}\` |`),
    '',
  ].join('\n')
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
