import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type Asset = { path: string; type: string; body: string }

/** Their paths contain a hash of the content, so that browsers may cache them for a year. */
export type Assets = { style: Asset; script: Asset; keyboard: Asset }

/** Defined by the build; without a build the files are read. */
declare const AFTERCALL_CONSOLE_ASSETS: Record<string, string> | undefined

export function readAssets(): Assets {
  return {
    style: readAsset('console.css', 'text/css; charset=utf-8'),
    script: readAsset('console.js', 'text/javascript; charset=utf-8'),
    keyboard: readAsset('keyboard.js', 'text/javascript; charset=utf-8'),
  }
}

function readAsset(name: string, type: string): Asset {
  const bundled = typeof AFTERCALL_CONSOLE_ASSETS === 'object' ? AFTERCALL_CONSOLE_ASSETS[name] : undefined
  const body = bundled ?? readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8')
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  return { path: `/assets/${hash}-${name}`, type, body }
}
