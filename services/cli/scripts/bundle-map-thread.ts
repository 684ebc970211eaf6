import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const root = new URL('../../../', import.meta.url)

/** Bundles the thread that maps large objects as one script, so that the command is one file. */
export function bundleMapThread(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('packages/ingest/src/mapping/map-thread-entry.ts', root))],
    absWorkingDir: fileURLToPath(root),
    bundle: true,
    write: false,
    platform: 'node',
    // A thread that is started from source text must be CommonJS.
    format: 'cjs',
    target: 'node22',
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}
