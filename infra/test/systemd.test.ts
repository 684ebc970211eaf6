import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readConfig } from '@aftercall/runtime/config/config'

const folder = fileURLToPath(new URL('../systemd', import.meta.url))
const units = readdirSync(folder).filter((name) => /\.(service|timer)$/.test(name))
const services = units.filter((name) => name.endsWith('.service'))
const isHere = spawnSync('systemd-analyze', ['--version']).status === 0
const options = isHere ? {} : { skip: 'systemd-analyze is not installed' }

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** The values of a key, in order. */
const valuesOf = (name: string, key: string): string[] =>
  [...read(name).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value)

/** As systemd writes it. */
const variable = (name: string): string => `$\{${name}}`

/** In a copy, with a Node that there is on this machine. */
function analyze(args: string[], change: (text: string) => string = (text) => text) {
  const copy = mkdtempSync(join(tmpdir(), 'aftercall-units-'))
  try {
    for (const name of units) {
      writeFileSync(join(copy, name), change(read(name).replaceAll('/usr/bin/node', process.execPath)))
    }
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
      cwd: copy,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, SYSTEMD_COLORS: '0' },
    })
    return { status, output: stdout + stderr }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

for (const name of units) {
  const instance = name.replace('@', '@acme')

  test(`systemd-analyze verify accepts ${name}`, options, () => {
    const { status, output } = analyze(['verify', `./${instance}`])
    const complaints = output.split('\n').filter((line) => line.includes('aftercall'))
    assert.deepEqual({ status, complaints }, { status: 0, complaints: [] }, output)
  })
}

test('systemd-analyze verify would find a key that there is not', options, () => {
  const { output } = analyze(['verify', './aftercall-worker@acme.service'], (text) =>
    text.replace('RestartSec=', 'RestartSeconds='),
  )
  assert.match(output, /RestartSeconds/)
})

for (const name of services) {
  test(`systemd-analyze security rates the exposure of ${name} at 1.3 or less`, options, () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=13', `./${name}`]
    const { status, output } = analyze(args)
    assert.equal(status, 0, output)
    assert.equal(
      analyze(args, (text) => text.replace(/^(SystemCallFilter|CapabilityBoundingSet)=.*\n/gm, '')).status,
      1,
    )
  })

  test(`${name} starts the command with the settings of its own first line`, () => {
    const firstLine = readFileSync(new URL('../../services/cli/bin/aftercall.js', import.meta.url), 'utf8')
    const flags = /node (--.+)$/m.exec(firstLine)?.[1]
    const what = /-(\w+)@/.exec(name)?.[1]
    const config = `${variable('CREDENTIALS_DIRECTORY')}/aftercall.yaml`
    const more =
      what === 'publish' ? ` --to ${variable('PUBLISH_TO')} --every ${variable('PUBLISH_EVERY')}` : ''
    assert.deepEqual(valuesOf(name, 'ExecStart'), [
      `/usr/bin/node ${flags} /usr/lib/aftercall/aftercall.js ${what} --config ${config}${more}`,
    ])
    assert.deepEqual(valuesOf(name, 'LoadCredential'), ['aftercall.yaml:/etc/aftercall/%i.yaml'])
  })
}

test('console and publisher have variables of their own, because they have logins of their own', () => {
  for (const what of ['console', 'publish'])
    assert.deepEqual(valuesOf(`aftercall-${what}@.service`, 'EnvironmentFile'), [
      `/etc/aftercall/%i-${what}.env`,
    ])
})

test('a worker is given as long to stop as it may take, and is always started again', () => {
  const reading = readConfig('database: { url: postgres://localhost/x }', {}, ['database'])
  assert.ok(reading.kind === 'valid', JSON.stringify(reading))
  const [seconds] = valuesOf('aftercall-worker@.service', 'TimeoutStopSec')
  assert.ok(Number(seconds) > reading.config.worker.graceSeconds)
  assert.deepEqual(valuesOf('aftercall-worker@.service', 'Restart'), ['always'])
})
