// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration

import { readFileSync } from 'node:fs'
import { printProblems, readConfig } from '@aftercall/runtime/config/config'
import { must, type Target } from '../target.ts'

const example = readFileSync(new URL('../../../aftercall.example.yaml', import.meta.url))
const least = `#env DATABASE_URL=postgres://u:p@h:5432/d
database: { url: "\${DATABASE_URL}" }
queues: { live: { url: https://sqs.eu-west-1.amazonaws.com/123456789012/live } }
sources: [{ name: acme, bucket: files, prefix: "\${PREFIX:-acme/}", timeZone: Europe/Berlin }]
`
/** In no text by chance. */
const secret = 'hunter2-hunter2'
const words = [
  ...new Set(example.toString().match(/[A-Za-z]{3,}/g) ?? []),
  ...[
    '${',
    '${A}',
    '${A:-b}',
    '$${',
    '&a ',
    '*a',
    '<<: *a',
    '!!binary ',
    '!!set ',
    '|',
    '>-',
    '? ',
    '- ',
    ': ',
    '\t',
    '---\n',
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    '#env A=',
  ],
  ...[secret, `"${secret}"`],
]

/** A configuration file. Its comments `#env NAME=value` are the environment. */
export function config(): Target {
  return {
    name: 'config',
    bytesMax: 8_192,
    form: 'text',
    seeds: () => [example, Buffer.from(least)],
    words,
    bound: {
      steps: { least: 200_000, perByte: 200 },
      allocated: { least: 6_000_000, perByte: 8_000 },
    },
    read(bytes) {
      const text = Buffer.from(bytes).toString()
      const env = Object.fromEntries(
        [...text.matchAll(/^#env ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
      )
      const result = readConfig(text, env)
      if (result.kind === 'valid') return result
      must(result.problems.length > 0, 'what is invalid has a problem')
      for (const { path, line, message } of result.problems) {
        must(message !== '' && !/[\n\r]/.test(message + path), 'a problem is one line')
        must(line === undefined || (line >= 1 && line <= text.split('\n').length), 'a line is in the file')
      }
      const printed = printProblems(result.problems, 'aftercall.yaml')
      must(!printed.includes(secret), 'no value of the file or of the environment is in a problem')
      return printed
    },
  }
}
