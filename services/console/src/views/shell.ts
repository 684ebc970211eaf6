import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { Followed } from '../changes/changes.ts'
import type { Viewer } from '../identity.ts'
import { ViewerOf } from './act.ts'
import { Program } from './command.ts'
import { html, renderDocument, type Views } from './html.ts'
import { favicon, type Tone } from './tone.ts'
import { Clock } from './when.ts'

/** What every page needs besides its answer. */
export type Shell = {
  /** Addresses of the style sheet and the scripts, with the hash of their content. */
  assets: { style: string; script: string; keyboard: string }
  version: string
  program: ProgramName
  /** When the answer was read; ages are relative to it. */
  now: Date
  /** Undefined on pages that are the same for all. */
  viewer?: Viewer
}

export type Page = {
  /** Entry of the navigation. */
  section: keyof typeof sections | 'none'
  /** Of the browser tab, before the name of the program. */
  title: string
  heading: Views
  main: Views
  /** What was searched for. */
  search?: string
  /** Of the icon of the browser tab. */
  tone?: Tone
  /** What the page follows by server-sent events, besides its refresh at an interval. */
  follow?: Followed
}

const sections = {
  overview: { path: '/', name: 'Overview' },
  sessions: { path: '/sessions', name: 'Sessions' },
  objects: { path: '/objects', name: 'Objects' },
  rejections: { path: '/rejections', name: 'Rejections' },
  runs: { path: '/runs', name: 'Runs' },
  days: { path: '/days', name: 'Days' },
  drift: { path: '/drift', name: 'Drift' },
  analytics: { path: '/analytics', name: 'Analytics' },
  actions: { path: '/actions', name: 'Actions' },
} as const

/** The document around a page. It works without the script, and loads nothing from other hosts (see the CSP of the server). */
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
        <script type="module" src=${shell.assets.keyboard}></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/">Aftercall</a>
          <nav aria-label="Pages"><ul>${navigation(page.section)}</ul></nav>
          <form class="find" action="/history" method="get" role="search">
            <label class="unseen" for="find">Object or session</label>
            <input id="find" name="of" type="search" required maxlength="2200" placeholder="Find: id, key, address" value=${page.search} autocomplete="off" autocapitalize="off" spellcheck=${false} aria-keyshortcuts="/" />
          </form>
          <button class="zone" type="button" data-switch-zone hidden>Times in UTC</button>
        </header>
        <p class="away" id="away" role="status"></p>
        <main id="main" tabindex="-1" data-follow=${page.follow}>
          <div class="heading">
            <h1>${page.heading}</h1>
            <p class="as-of">as of <${Clock} at=${shell.now} />, times in <span data-zone>UTC</span></p>
          </div>
          <${ViewerOf.Provider} value=${shell.viewer ?? unknownViewer}>
            <${Program.Provider} value=${shell.program}>${page.main}<//>
          <//>
        </main>
        <footer>
          <p>Aftercall ${shell.version}. ${describeViewer(shell.viewer)} <a href="/runbook">Runbook</a></p>
        </footer>
      </body>
    </html>
  `)
}

const unknownViewer: Viewer = { kind: 'reader', name: null, because: 'not_signed_in' }

function describeViewer(viewer: Viewer | undefined): string {
  if (viewer === undefined) return 'The console only reads the database.'
  if (viewer.kind === 'actor') return `You are ${viewer.name}, and may ask the workers for actions.`
  switch (viewer.because) {
    case 'no_identity':
      return 'Read-only: this console does not know who you are (console.identity).'
    case 'not_signed_in':
      return 'Read-only: the proxy did not say who you are.'
    case 'not_listed':
      return `Read-only: you are ${viewer.name}, and console.actors does not list you.`
    case 'role':
      return 'Read-only: the database login of this console is not in aftercall_actor.'
  }
}

function navigation(current: Page['section']): Views {
  return Object.entries(sections).map(
    ([section, { path, name }]) =>
      html`<li><a href=${path} aria-current=${section === current ? 'page' : undefined}>${name}</a></li>`,
  )
}
