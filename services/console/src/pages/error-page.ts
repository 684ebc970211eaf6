import type { Answers } from '../answers.ts'
import { html } from './html.ts'
import { Icon } from './icon.ts'
import { renderShell, type Shell } from './shell.ts'
import { Typed } from './typed.ts'

const titleOf: Record<Answers['error']['status'], string> = {
  400: 'That was not understood',
  404: 'Nothing is here',
  421: 'This name is not known here',
  500: 'Something went wrong',
  503: 'The database cannot be read',
}

/** In place of a page. A page that is refreshed comes back by itself once there is an answer again. */
export function renderErrorPage({ status, code, message }: Answers['error'], shell: Shell): string {
  const title = titleOf[status]
  return renderShell(shell, {
    section: 'none',
    title,
    tone: 'bad',
    heading: title,
    main: html`
      <div>
        <div class="verdict bad">
          <${Icon} tone="bad" />
          <p><strong><${Typed} text=${message} /></strong><code>${code}</code></p>
        </div>
        ${
          status === 503
            ? html`<p class="more soft">This page asks again every few seconds and comes back by itself. Nothing is lost meanwhile: what is not stored yet stays in the queue.</p>`
            : html`<p class="more"><a href="/">To the overview</a></p>`
        }
      </div>
    `,
  })
}
