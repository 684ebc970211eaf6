import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { bundleMapThread } from '../../services/cli/scripts/bundle-map-thread.ts'

/** The handlers in `lambda/`. */
export type LambdaName = 'work-messages' | 'prepare-database'

const root = new URL('../../', import.meta.url)

/**
 * Writes a folder for Lambda: `index.mjs`, which exports `handler` and contains our packages, the migrations, and the
 * certificate authorities of the database as `rds-ca.pem`.
 */
export function buildLambda(name: LambdaName, folder: string, databaseCertificates: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  buildSync({
    entryPoints: [fileURLToPath(new URL(`infra/lambda/${name}.ts`, root))],
    outfile: `${folder}/index.mjs`,
    // Paths in the output are relative to this, so that another checkout gives the same file.
    absWorkingDir: fileURLToPath(root),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
    external: ['pg-native'],
    define: { AFTERCALL_MAP_THREAD: JSON.stringify(bundleMapThread()) },
    banner: {
      // Packages written for CommonJS call `require` for built-in modules.
      js: "import { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)",
    },
  })
  cpSync(new URL('migrations', root), `${folder}/migrations`, { recursive: true })
  writeFileSync(`${folder}/rds-ca.pem`, databaseCertificates)
}
