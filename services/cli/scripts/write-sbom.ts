import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../../../', import.meta.url))
const [dist = fileURLToPath(new URL('../dist', import.meta.url))] = process.argv.slice(2)

const bomSchema = z.looseObject({
  metadata: z.looseObject({}),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

/**
 * `sbom.cdx.json` beside the bundle: npm's own bill of materials (CycloneDX), of exactly the packages in the bundle.
 * The same sources and `SOURCE_DATE_EPOCH` (seconds since 1970) give the same bytes.
 */
const bundled = new Set(
  z.array(z.string()).parse(JSON.parse(readFileSync(join(dist, 'bundled-packages.json'), 'utf8'))),
)
const bom = bomSchema.parse(JSON.parse(askNpm()))
const components = bom.components.filter((component) => bundled.delete(component['bom-ref']))
if (bundled.size > 0) throw new Error(`npm does not list ${[...bundled].join(', ')}: run npm ci`)
const refs = new Set(components.map((component) => component['bom-ref']))
const dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((ref) => refs.has(ref)) }))
const content = JSON.stringify({ components, dependencies })
const { version } = manifest
const named = { type: 'application', name: 'aftercall', version, purl: `pkg:npm/aftercall@${version}` }
const written = {
  ...bom,
  serialNumber: `urn:uuid:${uuidOf(content)}`,
  metadata: {
    ...bom.metadata,
    timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000).toISOString(),
    component: { 'bom-ref': `aftercall@${version}`, ...named, licenses: [{ license: { id: 'Apache-2.0' } }] },
  },
  components,
  dependencies: [{ ref: `aftercall@${version}`, dependsOn: [...refs] }, ...dependencies],
}
writeFileSync(join(dist, 'sbom.cdx.json'), `${JSON.stringify(written, null, 2)}\n`)

/** Reads only the lock file. npm refuses a root without a version, which a workspace root lacks, so it gets a copy. */
function askNpm(): string {
  const dir = mkdtempSync(join(tmpdir(), 'aftercall-sbom-'))
  try {
    const manifests = globSync(['package.json', '{packages,services}/*/package.json'], { cwd: root })
    for (const file of ['package-lock.json', ...manifests]) cpSync(join(root, file), join(dir, file))
    for (const file of ['package.json', 'package-lock.json']) setVersion(join(dir, file))
    const ask = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only']
    return execFileSync('npm', ask, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function setVersion(file: string): void {
  const { version } = manifest
  const content: { packages?: Record<string, object> } = JSON.parse(readFileSync(file, 'utf8'))
  const packages = content.packages && { ...content.packages, '': { ...content.packages[''], version } }
  writeFileSync(file, JSON.stringify({ ...content, version, ...(packages && { packages }) }))
}

/** A UUID of version 8 (RFC 9562), made from a hash instead of random bits. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
