import type { AskedAction } from '../actions/asked-action.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { Worded } from '../views/worded.ts'

export type Confirmation = {
  asked: AskedAction
  /** As they were sent. */
  fields: readonly (readonly [name: string, value: string])[]
  /** How many it is about; null where that is not known. */
  count: number | null
  /** Whether the number has to be typed. */
  isLarge: boolean
  /** Of this form: sent twice, it asks once. */
  key: string
  /** Why an earlier confirmation was not enough. */
  problem: string | null
}

/** Says what will happen, and to how many, before it is asked for. */
export function renderConfirmPage(confirmation: Confirmation, shell: Shell): string {
  const { asked, fields, count, isLarge, key, problem } = confirmation
  const { texts } = shell
  const { label, what } = texts.confirm.asked(asked, count)
  const title = texts.confirm.title(label)
  const isNothing = count === 0
  return renderShell(shell, {
    section: 'actions',
    title,
    heading: title,
    main: html`
      <div data-still>
        ${problem === null ? null : html`<div class="status warn"><p><strong>${problem}</strong></p></div>`}
        <p class="lead"><${Worded} words=${isNothing ? texts.confirm.nothing : what} /></p>
        ${
          isNothing
            ? null
            : html`
              <form class="confirm" method="post" action="/actions">
                ${[...fields, ['key', key], ['count', count === null ? '' : String(count)]].map(
                  ([name, value]) => html`<input type="hidden" name=${name} value=${value} />`,
                )}
                ${isLarge && count !== null ? html`<${TypedNumber} count=${count} />` : null}
                <button>${label}</button>
              </form>`
        }
        <p class="more"><a href="/actions">${texts.common.allActions}</a></p>
      </div>
    `,
  })
}

function TypedNumber({ count }: { count: number }): View {
  const { confirm } = useTexts()
  return html`
    <p>
      <label for="typed">${confirm.typed(count)}</label>
      <input id="typed" name="typed" inputmode="numeric" autocomplete="off" required />
    </p>
  `
}
