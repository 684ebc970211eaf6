import { asTyped } from '@aftercall/runtime/text/as-typed'
import { useContext } from 'preact/hooks'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'
import { Program } from './program.ts'

/** A command that can be typed as it is. The button needs the script, so it is hidden without it. */
export function Command({ text }: { text: string }): View {
  const typed = asTyped(text, useContext(Program))
  const { common } = useTexts()
  return html`
    <div class="command">
      <code>${unbroken(typed)}</code>
      <button type="button" data-copy data-label=${common.copy} data-copied=${common.copied} data-not-allowed=${common.notAllowed} hidden aria-label=${common.copyOf(typed)}>${common.copy}</button>
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
