import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { html, renderDocument, type Views } from './html.ts'
import { favicon } from './icon.ts'
import type { Tone } from './tone.ts'
import { Program } from './typed.ts'
import { Clock } from './when.ts'

/** What every page needs to know beside its answer. */
export type Shell = {
  /** Addresses of the style sheet and the script, with the hash of their content. */
  assets: { style: string; script: string }
  version: string
  program: ProgramName
  /** When the answer was read; every "minutes ago" counts from here. */
  now: Date
}

export type Page = {
  /** Entry of the navigation. */
  section: keyof typeof sections | 'none'
  /** Of the tab, before the program's name. */
  title: string
  heading: Views
  main: Views
  /** What the tab's icon shows. */
  tone?: Tone
}

const sections = {
  overview: { path: '/', name: 'Overview' },
  sessions: { path: '/sessions', name: 'Sessions' },
  rejections: { path: '/rejections', name: 'Rejections' },
  runs: { path: '/runs', name: 'Runs' },
  days: { path: '/days', name: 'Days' },
  drift: { path: '/drift', name: 'Drift' },
} as const

/** The document around a page: works without its script, and takes nothing from elsewhere (the server's CSP). */
export function renderShell(shell: Shell, page: Page): string {
  return renderDocument(html`
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.title} · Aftercall</title>
        <link rel="icon" href=${favicon(page.tone ?? 'plain')} />
        <link rel="stylesheet" href=${shell.assets.style} />
        <script type="module" src=${shell.assets.script}></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/">Aftercall</a>
          <nav aria-label="Pages"><ul>${navigation(page.section)}</ul></nav>
        </header>
        <p class="away" id="away" role="status"></p>
        <main id="main" tabindex="-1">
          <div class="heading">
            <h1>${page.heading}</h1>
            <p class="as-of">as of <${Clock} at=${shell.now} />, times in <span data-zone>UTC</span></p>
          </div>
          <${Program.Provider} value=${shell.program}>${page.main}<//>
        </main>
        <footer>
          <p>Aftercall ${shell.version}. This page only reads.</p>
        </footer>
      </body>
    </html>
  `)
}

function navigation(current: Page['section']): Views {
  return Object.entries(sections).map(
    ([section, { path, name }]) =>
      html`<li><a href=${path} aria-current=${section === current ? 'page' : undefined}>${name}</a></li>`,
  )
}
