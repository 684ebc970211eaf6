import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { createContext } from 'preact'
import { html, type View, type Views } from './html.ts'

/** How the program is started on this machine, for everything inside the shell. */
export const Program = createContext<ProgramName>('aftercall')

/** A text whose commands are written as they have to be typed here. */
export function Typed({ text }: { text: string }): View {
  return html`<${Program.Consumer}>${(program: ProgramName) => asTyped(text, program)}<//>`
}

/** A command that can be typed as it is. The button needs the script, so it is hidden without it. */
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

/** Lines break only between words, because half of `--since` is hard to read. A long key has to be broken anyway. */
function unbroken(text: string): Views {
  return text
    .split(' ')
    .map((word, index) => [
      index === 0 ? '' : ' ',
      word.length > 28 ? word : html`<span class="short">${word}</span>`,
    ])
}
