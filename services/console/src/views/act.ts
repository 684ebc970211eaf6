import { createContext } from 'preact'
import type { Viewer } from '../identity.ts'
import { html, type View, type Views } from './html.ts'

/** Who looks, for everything inside the shell. */
export const ViewerOf = createContext<Viewer>({ kind: 'reader', name: null, because: 'no_identity' })

/** Shown only to people who may ask for actions: others see no button that does not work. */
export function ForActors({ children }: { children?: Views }): View {
  return html`<${ViewerOf.Consumer}>${(viewer: Viewer) => (viewer.kind === 'actor' ? children : null)}<//>`
}

/** A button that leads to the page that confirms the action. */
export function ActButton({
  label,
  fields,
}: {
  label: string
  fields: Readonly<Record<string, string>>
}): View {
  return html`
    <${ForActors}>
      <form class="act" method="post" action="/confirm">
        ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name=${name} value=${value} />`)}
        <button>${label}</button>
      </form>
    <//>
  `
}
