import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import type { Followed } from '../changes/changes.ts'
import type { Viewer } from '../identity.ts'
import type { Texts } from '../texts/en.ts'
import { inLanguage, type Languages } from '../texts/languages.ts'
import { TextsOf } from '../texts/texts-of.ts'
import { ViewerOf } from './act.ts'
import { html, renderDocument, type Views } from './html.ts'
import { Program } from './program.ts'
import { favicon, type Tone } from './tone.ts'
import { Clock } from './when.ts'

/** What every page needs besides its answer. */
export type Shell = {
  /** Addresses of the style sheet and the scripts, with the hash of their content. */
  assets: { style: string; script: string; keyboard: string }
  version: string
  program: ProgramName
  texts: Texts
  /** All that can be chosen, by tag. */
  languages: Languages
  /** Path and query of this page. */
  address: string
  /** When the answer was read; ages are relative to it. */
  now: Date
  /** Undefined on pages that are the same for all. */
  viewer?: Viewer
}

export type Page = {
  /** Entry of the navigation. */
  section: keyof typeof paths | 'none'
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

const paths = {
  overview: '/',
  sessions: '/sessions',
  objects: '/objects',
  rejections: '/rejections',
  runs: '/runs',
  days: '/days',
  drift: '/drift',
  analytics: '/analytics',
  actions: '/actions',
} as const satisfies Record<keyof Texts['shell']['sections'], string>

/** The document around a page. It works without the script, and loads nothing from other hosts (see the CSP of the server). */
export function renderShell(shell: Shell, page: Page): string {
  const { texts } = shell
  const words = texts.shell
  return renderDocument(html`
    <html lang=${tagOf(shell)}>
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
        <a class="skip" href="#main">${words.skip}</a>
        <header class="top">
          <a class="brand" href="/">Aftercall</a>
          <nav aria-label=${words.pages}><ul>${navigation(page.section, words.sections)}</ul></nav>
          <form class="find" action="/history" method="get" role="search">
            <label class="unseen" for="find">${words.find}</label>
            <input id="find" name="of" type="search" required maxlength="2200" placeholder=${words.findHint} value=${page.search} autocomplete="off" autocapitalize="off" spellcheck=${false} aria-keyshortcuts="/" />
          </form>
          <button class="zone" type="button" data-switch-zone data-utc=${words.timesInUtc} data-mine=${words.timesInMyZone} hidden>${words.timesInUtc}</button>
          <nav class="languages" aria-label=${words.language}><ul>${languageLinks(shell)}</ul></nav>
        </header>
        <p class="away" id="away" role="status" data-since=${words.notRefreshed} data-no-answer=${words.noAnswer}></p>
        <main id="main" tabindex="-1" data-follow=${page.follow}>
          <div class="heading">
            <h1>${page.heading}</h1>
            <p class="as-of">${words.asOf(html`<${Clock} at=${shell.now} />`, html`<span data-zone>UTC</span>`)}</p>
          </div>
          <${TextsOf.Provider} value=${texts}>
            <${ViewerOf.Provider} value=${shell.viewer ?? unknownViewer}>
              <${Program.Provider} value=${shell.program}>${page.main}<//>
            <//>
          <//>
        </main>
        <footer>
          <p>Aftercall ${shell.version} · ${words.viewer(shell.viewer)} <a href="/retention">${words.retention}</a> · <a href="/runbook">${words.runbook}</a></p>
        </footer>
      </body>
    </html>
  `)
}

const unknownViewer: Viewer = { kind: 'reader', name: null, because: 'not_signed_in' }

/** Of the language of the page. */
function tagOf({ languages, texts }: Shell): string {
  return Object.entries(languages).find(([, one]) => one === texts)?.[0] ?? 'en'
}

/** The same page in the other languages, each named in itself. They are links, so they need no script. */
function languageLinks(shell: Shell): Views {
  return Object.entries(shell.languages).flatMap(([tag, { name }]) =>
    tag === tagOf(shell)
      ? []
      : [html`<li><a href=${inLanguage(shell.address, tag)} lang=${tag} hreflang=${tag}>${name}</a></li>`],
  )
}

function navigation(current: Page['section'], names: Texts['shell']['sections']): Views {
  return Object.entries(names).map(([section, name]) => {
    const path = paths[section as keyof typeof paths]
    return html`<li><a href=${path} aria-current=${section === current ? 'page' : undefined}>${name}</a></li>`
  })
}
