import { readdirSync, readFileSync } from 'node:fs'

/**
 * Exits with 1 unless docs/upgrade.md has a row for the version with the newest migration. That row is how the schema of a
 * release is known later, to the tests that upgrade from it.
 */
const root = new URL('../../../', import.meta.url)
const [version = ''] = process.argv.slice(2)
const newest = readdirSync(new URL('migrations', root))
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .at(-1)
  ?.slice(0, 4)
const rows = readFileSync(new URL('docs/upgrade.md', root), 'utf8').split('\n')
const [, , , recorded = 'nothing'] =
  rows.map((row) => row.split('|').map((cell) => cell.trim())).find(([, , to]) => to === version) ?? []
if (recorded !== newest) {
  process.stderr.write(
    `docs/upgrade.md has ${recorded} as the newest migration of ${version}, and migrations/ has ${newest}: write it into that row\n`,
  )
  process.exitCode = 1
}
