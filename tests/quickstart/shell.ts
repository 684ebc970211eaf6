import { spawn } from 'node:child_process'
import { until } from '../e2e/until.ts'

export type Ran = { code: number; output: string }

export type Shell = {
  /** Runs a command in the shell, which keeps its folder and variables. Output is that of stdout and stderr. */
  run(command: string): Promise<Ran>
  /** Ends the shell with everything that it has started. */
  close(): void
}

/** A person's shell: POSIX, without a terminal. */
export function openShell(options: { cwd: string; env: Record<string, string> }): Shell {
  const child = spawn('sh', [], { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  let count = 0
  return {
    run: async (command) => {
      const from = output.length
      count += 1
      child.stdin.write(`{ ${command}\n} < /dev/null 2>&1; printf '\\n@%s@%s@\\n' ${count} $?\n`)
      const end = new RegExp(`\\n@${count}@(\\d+)@\\n`)
      return until(`"${command}" ends`, () => {
        const match = end.exec(output.slice(from))
        if (match === null) return undefined
        return { code: Number(match[1]), output: output.slice(from).slice(0, match.index) }
      })
    },
    close: () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    },
  }
}
