import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'
import {
  type ConfigFor,
  type ConfigNeed,
  type DatabaseConfig,
  loadConfig,
  printProblems,
} from '@aftercall/runtime/config/config'
import type { SignalEmitter } from '@aftercall/runtime/process/lifecycle'
import { createLogger, type Logger } from '@aftercall/runtime/telemetry/logger'
import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Command } from 'commander'

/** Everything a command reads from or writes to outside itself. */
export type CliContext = {
  env: Readonly<Record<string, string | undefined>>
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
  signals: SignalEmitter
  exitNow(code: number): void
  /** How the user types a command: `aftercall` (the default), or `npx aftercall` from a checkout. */
  program?: ProgramName
  /** Starts this command again as a child, with a channel for messages. */
  forkSelf?(args: string[], env: CliContext['env']): ChildProcess
  /** The process that has started this one with a channel. */
  parent?: ParentProcess
}

/** The channel to the process that has started this one. */
export type ParentProcess = {
  send(message: object, sent: () => void): void
  onMessage(listener: (message: unknown) => void): void
  /** Called when the channel is closed, by either side, or because the parent has died. */
  onDisconnect(listener: () => void): void
  disconnect(): void
}

export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** Done, but some objects were rejected or are missing, or a check found a difference. */
  doneInPart: 3,
} as const

/** The command line or the configuration is wrong. The message lists every problem and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'wrong_usage'
  readonly retryable = false
  // Lines quote what was typed, which may come from a script that received an object key.
  constructor(...lines: string[]) {
    super(lines.map(visibleText).join('\n'))
  }
}

/** The command was stopped before it finished: by the user, or because it could not continue. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
  readonly code = 'stopped'
  readonly retryable = true
  constructor(reason = 'stopped before it finished') {
    super(reason)
  }
}

/** Text for people, with its commands written as this user types them. JSON is left unchanged. */
export function formatCommands(
  { program = 'aftercall' }: CliContext,
  text: string,
  { json }: CommonOptions,
): string {
  return json === true ? text : asTyped(text, program)
}

/** What a command needs to add itself to the program; `end` sets the exit code. */
export type AddCommand = { program: Command; context: CliContext; end(code: number): void }

export type CommonOptions = { config?: string; json?: boolean }

/** Bold, as commander's own titles; it removes the style where colors are not shown. */
export const examplesTitle = styleText('bold', 'Examples:', { validateStream: false })

/** Adds a command with the options that every command has. */
export function addCommand(
  { program, context }: AddCommand,
  usage: string,
  description: string,
  examples: string[],
): Command {
  const [name = ''] = usage.split(' ')
  const path = program.parent === null ? name : `${program.name()} ${name}`
  return program
    .command(usage)
    .showHelpAfterError(formatCommands(context, `For its options: aftercall ${path} --help`, {}))
    .description(description)
    .helpOption('-h, --help', 'show help with examples')
    .option('--config <file>', 'configuration file (default: AFTERCALL_CONFIG, or aftercall.yaml)')
    .option('--json', 'print JSON on stdout; logs and progress go to stderr')
    .addHelpText('after', `\n${examplesTitle}\n${examples.map((example) => `  ${example}`).join('\n')}`)
}

/** In the working directory. */
export const defaultConfigPath = 'aftercall.yaml'

const demoHint = '  to try Aftercall first, start the demo in another terminal: aftercall demo'

/** Reads the parts of the configuration that the command needs. Throws a `UsageError` that lists every problem (I11). */
export async function requireConfig<const Needs extends readonly ConfigNeed[]>(
  { env }: CliContext,
  options: CommonOptions,
  needs: Needs,
): Promise<ConfigFor<Needs>> {
  const named = options.config ?? env.AFTERCALL_CONFIG
  const path = named ?? defaultConfigPath
  const loaded = await loadConfig({ path, env, needs, fileRequired: named !== undefined })
  if (loaded.kind === 'invalid') {
    const lines = printProblems(loaded.problems, path).trimEnd().split('\n')
    const isUnset =
      named === undefined &&
      env.DATABASE_URL === undefined &&
      env.DATABASE_HOST === undefined &&
      !existsSync(path)
    throw new UsageError(...lines, ...(isUnset ? [demoHint] : []))
  }
  return loaded.config
}

/** The configured database; without a configuration, the database of a running demo (`useDemo`). */
export async function findDatabase(context: CliContext, options: CommonOptions): Promise<DatabaseConfig> {
  return (await requireConfig(context, options, ['database'])).database
}

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

export function createCliLogger({ env, stderr }: CliContext, defaultLevel: string): Logger {
  const level = env.LOG_LEVEL?.toLowerCase() ?? defaultLevel
  if (!levels.has(level))
    throw new UsageError(`LOG_LEVEL must be one of ${[...levels].join(', ')}, not ${level}`)
  return createLogger({ level, destination: { write: (line: string) => void stderr.write(line) } })
}
