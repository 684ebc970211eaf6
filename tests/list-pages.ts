import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './spec/list-tests.ts'

/** Every Markdown file of the repository, as a path below the root. */
export function listPages(): string[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
  return files.split('\n').filter((file) => file !== '' && existsSync(join(root, file)))
}

/**
 * The pages that people write by hand. The others take their words from elsewhere (comments of tables, names of tests,
 * failure codes), or record decisions in the words of their time.
 */
export function listWrittenPages(): string[] {
  const generated = ['docs/data-dictionary.md', 'docs/spec.md', 'docs/failure-codes.md']
  return listPages().filter(
    (page) =>
      /^(?:[A-Z]+(?:\.zh-CN)?|docs\/[^/]+|(?:bench|infra)\/README)\.md$/.test(page) &&
      !generated.includes(page),
  )
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** A page without its blocks of code and what stands between backticks, which is neither English nor holds links. */
export function readProse(page: string): string {
  return readPage(page)
    .replaceAll(/^( *)```[\s\S]*?^\1```/gm, '')
    .replaceAll(/^ {4}.*$/gm, '')
    .replaceAll(/`[^`]*`/g, '`')
}
