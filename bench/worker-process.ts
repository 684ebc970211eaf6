import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

export type WorkerProcess = {
  pid: number
  /** Resident memory in MiB, from the kernel. */
  residentMiB(): Promise<number>
  /** The sum of a metric over its labels. */
  metric(name: string): Promise<number>
  stop(): Promise<void>
}

const commandOfSources = new URL('../services/cli/bin/aftercall.js', import.meta.url).pathname

/** Starts `aftercall worker` in a separate process and waits until it receives. Its configuration needs `http.port: 0`. */
export async function startWorkerProcess(
  configFile: string,
  env: Record<string, string>,
  command = commandOfSources,
): Promise<WorkerProcess> {
  const child = spawn(command, ['worker', '--config', configFile], {
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  const port = await untilReceiving(child)
  child.stderr.resume()
  return {
    pid: child.pid ?? 0,
    residentMiB: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
    },
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReceiving(child: ChildProcess): Promise<number> {
  let [port, last] = [0, '']
  if (child.stderr === null) throw new Error('the worker has no stderr')
  for await (const line of createInterface({ input: child.stderr })) {
    last = line
    if (line.includes('health, readiness and metrics are served')) port = Number(JSON.parse(line).port)
    if (line.includes('"msg":"receiving"')) return port
  }
  throw new Error(`the worker did not start: ${last}`)
}
