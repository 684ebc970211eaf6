import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import workspace from '../../../package.json' with { type: 'json' }
import manifest from '../package.json' with { type: 'json' }

/**
 * Packs the built command as `aftercall-VERSION.tgz` into the given folder (default: this one), with its bill of materials
 * beside it, and prints the path of the tarball: `npm install --global ./aftercall-0.1.0.tgz`. The bundle needs no other
 * package; the embedded servers, which only `aftercall demo` needs, are optional ones. The same sources give the same bytes.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const [into = '.'] = process.argv.slice(2)
const place = mkdtempSync(join(tmpdir(), 'aftercall-pack-'))
try {
  const folder = join(place, 'package')
  for (const script of ['build.ts', 'write-sbom.ts']) runScript(script, folder)
  writeStart(folder)
  for (const file of ['LICENSE', 'aftercall.example.yaml', 'CHANGELOG.md'])
    cpSync(join(root, file), join(folder, file))
  writeFileSync(join(folder, 'README.md'), readme())
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packedManifest(), null, 2)}\n`)
  // Maps are for debugging a checkout, and twice as large as the bundle.
  for (const file of [...globSync('**/*.js.map', { cwd: folder }), 'bundled-packages.json'])
    rmSync(join(folder, file), { force: true })
  mkdirSync(into, { recursive: true })
  const packing = ['pack', '--ignore-scripts', '--silent', '--pack-destination', resolve(into)]
  const name = execFileSync('npm', packing, { cwd: folder, encoding: 'utf8' }).trim()
  cpSync(join(folder, 'sbom.cdx.json'), join(into, name.replace(/\.tgz$/, '.cdx.json')))
  process.stdout.write(`${join(into, name)}\n`)
} finally {
  rmSync(place, { recursive: true, force: true })
}

function runScript(name: string, folder: string): void {
  const script = fileURLToPath(new URL(name, import.meta.url))
  execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The start of a checkout, for the bundle: it tells an old Node from a new one, and keeps compiled code. */
function writeStart(folder: string): void {
  const text = readFileSync(join(root, 'services/cli/bin/aftercall.js'), 'utf8')
  const advice = /: start it with [\s\S]*?--ignore-scripts\)\.\\n',/
  if (!text.includes("'../src/start.ts'") || !advice.test(text))
    throw new Error('services/cli/bin/aftercall.js has changed: pack.ts no longer finds what it replaces')
  const start = text
    .replace("'../src/start.ts'", "'../aftercall.js'")
    .replace(advice, ': install a newer one.\\n`,')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/aftercall.js'), start, { mode: 0o755 })
}

function packedManifest(): object {
  const { name, version, license, type } = manifest
  // The versions that are tested.
  const embedded: { dependencies: { fauxqs: string }; optionalDependencies: Record<string, string> } =
    JSON.parse(readFileSync(join(root, 'packages/embedded/package.json'), 'utf8'))
  const { fauxqs } = embedded.dependencies
  return {
    ...{ name, version, description: workspace.description, license, type },
    bin: { aftercall: 'bin/aftercall.js' },
    exports: {},
    engines: workspace.engines,
    optionalDependencies: { fauxqs, ...embedded.optionalDependencies },
  }
}

function readme(): string {
  return `# Aftercall ${manifest.version}

${workspace.description}.

    aftercall demo            # the whole product on this machine, with made-up files
    aftercall init acme       # configuration and AWS set-up for your own bucket
    aftercall --help

aftercall.example.yaml has every configuration key. The embedded servers of the demo are optional packages, which
\`npm install --omit=optional\` in a folder of your own leaves out.
`
}
