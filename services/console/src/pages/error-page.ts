import type { Answers } from '../answers.ts'
import { html } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { Icon } from '../views/tone.ts'
import { Worded } from '../views/worded.ts'

/** In place of a page. The refresh of the page replaces it as soon as there is an answer again. */
export function renderErrorPage({ status, code, reason }: Answers['error'], shell: Shell): string {
  const { failures } = shell.texts
  const title = failures.titles[status]
  return renderShell(shell, {
    section: 'none',
    title,
    tone: 'bad',
    heading: title,
    main: html`
      <div>
        <div class="status bad">
          <${Icon} tone="bad" />
          <p><strong data-error><${Worded} words=${failures.words(reason)} /></strong><code>${code}</code></p>
        </div>
        ${
          status === 503
            ? html`<p class="more soft">${failures.triesAgain}</p>`
            : html`<p class="more"><a href="/">${failures.back}</a></p>`
        }
      </div>
    `,
  })
}
