import { readFileSync } from 'node:fs'

/** Prints the section of CHANGELOG.md for a version. Exits with 1 if it is missing, undated or empty. */
const [version = ''] = process.argv.slice(2)
const changelog = readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8')
const [heading = '', ...lines] =
  changelog
    .split(/^(?=## )/m)
    .find((part) => part.startsWith(`## [${version}]`))
    ?.split('\n') ?? []
const notes = lines.join('\n').trim()
if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading) || notes === '') {
  process.stderr.write(
    `CHANGELOG.md has no dated section for ${version}: expected "## [${version}] - 2026-01-31" followed by text\n`,
  )
  process.exitCode = 1
} else {
  process.stdout.write(`${notes}\n`)
}
