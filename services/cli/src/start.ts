import { fork } from 'node:child_process'
import { main } from './main.ts'
import { programName } from './version.ts'

// The reader has ended, as head does after its lines. The code is that of a program that the system stops for this.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(141)
})

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  exitNow: (code) => process.exit(code),
  program: programName,
  // With the same flags of Node. Structured clones keep dates, which JSON would not.
  forkSelf: (args, env) =>
    fork(process.argv[1] ?? '', args, {
      env: { ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  ...(process.send === undefined ? {} : { parent: channelToParent() }),
})

function channelToParent() {
  return {
    send: (message: object, sent: () => void) => void process.send?.(message, sent),
    onMessage: (listener: (message: unknown) => void) => void process.on('message', listener),
    onDisconnect: (listener: () => void) => void process.on('disconnect', listener),
    disconnect: () => process.disconnect?.(),
  }
}
