import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { type ConfigFor, type ConfigNeed, loadConfig, printProblems } from '@aftercall/runtime/config/config'
import type { SignalEmitter } from '@aftercall/runtime/process/lifecycle'
import { createLogger, type Logger } from '@aftercall/runtime/telemetry/logger'
import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Command } from 'commander'

/** What a command may touch of the world around it. */
export type CliContext = {
  env: Readonly<Record<string, string | undefined>>
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
  signals: SignalEmitter
  exitNow(code: number): void
  /** How commands are written that the user may type; `aftercall` where it is left out. */
  program?: ProgramName
}

export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** Done, but some objects were rejected or are missing. */
  doneInPart: 3,
} as const

/** The command line or the configuration is wrong; the message says all that is, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'wrong_usage'
  readonly retryable = false
  /** What was asked for is quoted in it, and may come from a script that was given a key. */
  constructor(...lines: string[]) {
    super(lines.map(visibleText).join('\n'))
  }
}

/** The command was stopped before it came to its end: by the user, or because nothing could go on. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
  readonly code = 'stopped'
  readonly retryable = true
  constructor(reason = 'stopped before the end') {
    super(reason)
  }
}

/** A text for people, with the commands in it as they have to be typed. What machines read stays as it is. */
export function asTypedHere(
  { program = 'aftercall' }: CliContext,
  text: string,
  { json }: CommonOptions,
): string {
  return json === true ? text : asTyped(text, program)
}

/** How a command adds itself: it gets the program, the world, and a way to say its exit code. */
export type AddCommand = { program: Command; context: CliContext; end(code: number): void }

export type CommonOptions = { config?: string; json?: boolean }

/** A command with the options every command has. */
export function addCommand(
  { program }: AddCommand,
  usage: string,
  description: string,
  examples: string[],
): Command {
  return program
    .command(usage)
    .description(description)
    .helpOption('--help', 'show help with examples')
    .option('--config <file>', 'configuration file (default: AFTERCALL_CONFIG, or aftercall.yaml)')
    .option('--json', 'machine output on stdout; logs and progress go to stderr')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`)
}

/** In the folder where the command is run. */
export const defaultConfigPath = 'aftercall.yaml'

const demoHint = '  to look around first, start the demo in another terminal: aftercall demo'

/** Reads the parts of the configuration that the command needs, or throws a `UsageError` with every problem (I11). */
export async function requireConfig<const Needs extends readonly ConfigNeed[]>(
  { env }: CliContext,
  options: CommonOptions,
  needs: Needs,
): Promise<ConfigFor<Needs>> {
  const named = options.config ?? env.AFTERCALL_CONFIG
  const path = named ?? defaultConfigPath
  const reading = await loadConfig({ path, env, needs, fileRequired: named !== undefined })
  if (reading.kind === 'invalid') {
    const lines = printProblems(reading.problems, path).trimEnd().split('\n')
    const isUnset = named === undefined && env.DATABASE_URL === undefined && !existsSync(path)
    throw new UsageError(...lines, ...(isUnset ? [demoHint] : []))
  }
  return reading.config
}

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

export function createCliLogger({ env, stderr }: CliContext, defaultLevel: string): Logger {
  const level = env.LOG_LEVEL?.toLowerCase() ?? defaultLevel
  if (!levels.has(level))
    throw new UsageError(`LOG_LEVEL must be one of ${[...levels].join(', ')}, not ${level}`)
  return createLogger({ level, destination: { write: (line: string) => void stderr.write(line) } })
}
