import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `psql -f FILE` for machines without it: sends each statement by itself, as psql does, prints what the server answers, and
 * stops at the first error. `modules` is where the driver `pg` is found.
 */
export function writePsqlCommand(dir: string, modules: URL): void {
  const script = `#!${process.execPath}
const { createRequire } = require('node:module')
const pg = createRequire(${JSON.stringify(modules.href)})('pg')
const { readFileSync } = require('node:fs')
const option = (name) => process.argv[process.argv.indexOf(name) + 1]
const client = new pg.Client({ host: option('-h'), port: Number(option('-p')), user: option('-U'), database: option('-d') })
client.connect().then(async () => {
  const text = readFileSync(option('-f'), 'utf8').replaceAll(/^--.*$/gm, '')
  for (const statement of text.split(/;\\n/).filter((one) => one.trim() !== '')) {
    await client.query(statement)
    const [, first, second] = /^\\s*(\\w+) (\\w+)/.exec(statement)
    const words = [first, ...(['create', 'alter'].includes(first) ? [second] : [])]
    process.stdout.write((/^\\s*grant \\w+ to/.test(statement) ? 'GRANT ROLE' : words.join(' ').toUpperCase()) + '\\n')
  }
  await client.end()
}).catch((error) => {
  process.stderr.write('psql: error: ' + error.message + '\\n')
  process.exit(3)
})
`
  writeFileSync(join(dir, 'psql'), script, { mode: 0o755 })
}
