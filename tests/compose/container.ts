import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ComposeService } from './compose-file.ts'
import { root } from './compose-file.ts'
import { environmentOf, execFormOf } from './dockerfile.ts'

export type Ended = { code: number | null; output: string }
export type Running = { kill(signal: NodeJS.Signals): void; output(): string; ended: Promise<Ended> }

export type ContainerOptions = {
  service: ComposeService
  /** What the images hold below /app. */
  app: string
  /** `aws:4566` → `127.0.0.1:38211` */
  hosts: Record<string, string>
  /** Over those of the service. */
  environment: Record<string, string>
}

/** A service of the compose file outside of a container: its command, environment, files and user, on this machine. */
export type Container = {
  start(command: string[]): Running
  /** The entry point with the command of the service, or that of its image. */
  main: string[]
  remove(): void
}

/** The user and group of the images. */
const user = 10_001

/**
 * No file may be written, as the root file system of a container is read-only, but in a `tmpfs`, and none read but its own.
 */
function sandbox(dir: string, { tmpfs }: ComposeService): string[] {
  const become = `if(process.getuid()===0){process.setgroups([]);process.setgid(${user});process.setuid(${user})}`
  const writable = tmpfs.map((path) => `--allow-fs-write=${dir}${path}/*`)
  return ['--permission', `--allow-fs-read=${dir}/*`, ...writable, `--import=data:text/javascript,${become}`]
}

export function openContainer({ service, app, hosts, environment }: ContainerOptions): Container {
  const dir = mkdtempSync(join(tmpdir(), 'aftercall-container-'))
  for (const volume of service.volumes) {
    const [source = '', target = ''] = volume.split(':')
    mkdirSync(join(dir, dirname(target)), { recursive: true })
    cpSync(join(root, source), join(dir, target), { recursive: true })
  }
  if (service.build !== undefined) cpSync(app, join(dir, 'app'), { recursive: true })
  const target = service.build?.target ?? ''
  const entrypoint = service.entrypoint ?? execFormOf(target, 'ENTRYPOINT')
  const command = service.command ?? (service.build === undefined ? [] : execFormOf(target, 'CMD'))
  const workDir = existsSync(join(dir, 'etc/aftercall')) ? join(dir, 'etc/aftercall') : dir
  for (const path of service.tmpfs) mkdirSync(join(dir, path))
  for (const path of service.tmpfs) chmodSync(join(dir, path), 0o1777)
  chmodSync(dir, 0o555)
  const inside = (text: string): string => {
    if (text.startsWith('/') && existsSync(join(dir, text))) return join(dir, text)
    return Object.entries(hosts).reduce((done, [name, place]) => done.replaceAll(name, place), text)
  }
  const image: Record<string, string> =
    service.build === undefined ? {} : { ...environmentOf(target), HOME: join(dir, 'home') }
  const temporary: Record<string, string> = service.tmpfs.includes('/tmp') ? { TMPDIR: '/tmp' } : {}
  const named = { ...image, ...temporary, ...service.environment, ...environment }
  const env = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, inside(value)]))
  return {
    main: [...entrypoint, ...command],
    start([program = '', ...args]) {
      const isNode = program === 'node'
      const file = isNode ? process.execPath : program
      const all = [...(isNode ? sandbox(dir, service) : []), ...args.map(inside)]
      return follow(spawn(file, all, { cwd: workDir, env: { PATH: process.env.PATH, ...env } }))
    },
    remove: () => {
      chmodSync(dir, 0o755)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const running = new Set<ChildProcess>()

function follow(child: ChildProcess): Running {
  let output = ''
  running.add(child)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      running.delete(child)
      resolve({ code, output })
    })
  })
  return { kill: (signal) => void child.kill(signal), output: () => output, ended }
}

/** What a failed test left running. */
export function killContainers(): void {
  for (const child of running) child.kill('SIGKILL')
}
