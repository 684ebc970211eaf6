import type { Answers } from '../answers.ts'
import { MarkdownPage } from '../markdown/markdown-page.ts'
import { html } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'

/** What to do about each problem: docs/runbook.md. */
export function renderRunbookPage({ text }: Answers['runbook'], shell: Shell): string {
  const lead = shell.texts.shell.runbookLead
  return renderShell(shell, {
    section: 'none',
    title: shell.texts.shell.runbook,
    heading: shell.texts.shell.runbook,
    main: html`
      <div>
        ${lead === '' ? null : html`<p class="lead">${lead}</p>`}
        <div lang="en"><${MarkdownPage} text=${text} /></div>
      </div>
    `,
  })
}
