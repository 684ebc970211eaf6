import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { createContext } from 'preact'
import { html, type View } from './html.ts'

/** How the program is started on this machine, for everything inside the shell. */
export const Program = createContext<ProgramName>('aftercall')

/** A text whose commands are written as they have to be typed here. */
export function Typed({ text }: { text: string }): View {
  return html`<${Program.Consumer}>${(program: ProgramName) => asTyped(text, program)}<//>`
}
