import { type CommandOptions, describeEnd, type RunningCommand, startCommand } from './command.ts'
import { until } from './until.ts'

export type RunningWorker = RunningCommand & {
  get(path: '/healthz' | '/readyz' | '/metrics'): Promise<{ status: number; text: string }>
  /** Of `/readyz`. */
  readiness(): Promise<{ ready: boolean; checks: { name: string; ok: boolean; detail?: string }[] }>
  /** The sum of a metric over its labels. */
  metric(name: string): Promise<number>
  untilReady(): Promise<void>
  /** Asks it to stop, and rejects unless it ends with 0. */
  stop(): Promise<void>
}

/** `aftercall worker`; resolves when its health can be asked for. The configuration has to say `http.port: 0`. */
export async function startWorker(configFile: string, options: CommandOptions = {}): Promise<RunningWorker> {
  const command = startCommand(['worker', '--config', configFile], options)
  const { port } = await command.untilLogs('health, readiness and metrics are served')
  async function get(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
  return {
    ...command,
    get,
    readiness: async () => JSON.parse((await get('/readyz')).text),
    metric: async (name) => sumOf(name, (await get('/metrics')).text),
    untilReady: async () => {
      await until('the worker is ready', async () => (await get('/readyz')).status === 200)
    },
    stop: async () => {
      command.kill('SIGTERM')
      const end = await command.ended()
      if (end.code !== 0) throw new Error(describeEnd('the worker that was asked to stop', end))
    },
  }
}

/** Over the labels. */
export function sumOf(name: string, text: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
