import { readFileSync } from 'node:fs'

/** Defined by the build; without a build the file is read. */
declare const AFTERCALL_CONSOLE_ASSETS: Record<string, string> | undefined

/** docs/runbook.md, which the console serves, because a container has no docs. */
export function readRunbook(): string {
  const bundled =
    typeof AFTERCALL_CONSOLE_ASSETS === 'object' ? AFTERCALL_CONSOLE_ASSETS['runbook.md'] : undefined
  return bundled ?? readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8')
}
