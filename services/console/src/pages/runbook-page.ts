import type { Answers } from '../answers.ts'
import { MarkdownPage } from '../markdown/markdown-page.ts'
import { html } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'

/** What to do about each problem: docs/runbook.md. */
export function renderRunbookPage({ text }: Answers['runbook'], shell: Shell): string {
  return renderShell(shell, {
    section: 'none',
    title: 'Runbook',
    heading: 'Runbook',
    main: html`<div><${MarkdownPage} text=${text} /></div>`,
  })
}
