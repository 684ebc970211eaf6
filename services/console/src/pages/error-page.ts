import type { Answers } from '../answers.ts'
import { Typed } from '../views/command.ts'
import { html } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { Icon } from '../views/tone.ts'

const titleOf: Record<Answers['error']['status'], string> = {
  400: 'The request is not valid',
  403: 'Not allowed',
  404: 'Page not found',
  413: 'The form is too large',
  415: 'Not a form',
  421: 'Unknown host name',
  500: 'Something went wrong',
  503: 'The database is not available',
}

/** In place of a page. The refresh of the page replaces it as soon as there is an answer again. */
export function renderErrorPage({ status, code, message }: Answers['error'], shell: Shell): string {
  const title = titleOf[status]
  return renderShell(shell, {
    section: 'none',
    title,
    tone: 'bad',
    heading: title,
    main: html`
      <div>
        <div class="status bad">
          <${Icon} tone="bad" />
          <p><strong data-error><${Typed} text=${message} /></strong><code>${code}</code></p>
        </div>
        ${
          status === 503
            ? html`<p class="more soft">This page tries again every few seconds. Nothing is lost: messages that are not stored yet stay in the queue.</p>`
            : html`<p class="more"><a href="/">Back to the overview</a></p>`
        }
      </div>
    `,
  })
}
