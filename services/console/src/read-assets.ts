import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export type Asset = { path: string; type: string; body: string }

/** Their paths contain a hash of the content, so that browsers may cache them for a year. */
export type Assets = { style: Asset; script: Asset; keyboard: Asset }

/** Defined by the build; without a build the files are read. */
declare const AFTERCALL_CONSOLE_ASSETS: Record<string, string> | undefined

export function readAssets(): Assets {
  return {
    style: asset('console.css', 'text/css; charset=utf-8', [readText('console.css')]),
    // One request for all that refreshes a page. As of one module, their names are in one scope.
    script: asset('console.js', 'text/javascript; charset=utf-8', [
      readText(morphFile, createRequire(import.meta.url).resolve),
      readText('console.js'),
      readText('follow.js'),
    ]),
    keyboard: asset('keyboard.js', 'text/javascript; charset=utf-8', [readText('keyboard.js')]),
  }
}

/** Of the package, as its authors have minified it. */
const morphFile = 'idiomorph/dist/idiomorph.min.js'

function readText(
  name: string,
  find = (own: string): string | URL => new URL(`assets/${own}`, import.meta.url),
) {
  const bundled = typeof AFTERCALL_CONSOLE_ASSETS === 'object' ? AFTERCALL_CONSOLE_ASSETS[name] : undefined
  return bundled ?? readFileSync(find(name), 'utf8')
}

function asset(name: string, type: string, texts: readonly string[]): Asset {
  const body = texts.join('\n')
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  return { path: `/assets/${hash}-${name}`, type, body }
}
