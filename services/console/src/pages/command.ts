import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { html, type View, type Views } from './html.ts'
import { Program } from './typed.ts'

/** A command that can be typed as it stands. Without the script the button stays hidden: it could not copy. */
export function Command({ text }: { text: string }): View {
  return html`<${Program.Consumer}>${(program: ProgramName) => show(asTyped(text, program))}<//>`
}

function show(text: string): View {
  return html`
    <div class="command">
      <code>${unbroken(text)}</code>
      <button type="button" data-copy hidden aria-label=${`Copy: ${text}`}>Copy</button>
    </div>
  `
}

/** Lines break between words alone: `--since` in two halves is hard to read. A long key has to be broken all the same. */
function unbroken(text: string): Views {
  return text
    .split(' ')
    .map((word, index) => [
      index === 0 ? '' : ' ',
      word.length > 28 ? word : html`<span class="short">${word}</span>`,
    ])
}
