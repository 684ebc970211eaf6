import { readFile as readFileOfSystem } from 'node:fs/promises'
import { describeIssue } from './config-issues.ts'
import { type ConfigFor, type ConfigNeed, everyNeed, keepNeeded, schemaFor } from './config-needs.ts'
import { type ConfigProblem, printPath, printProblems } from './config-problems.ts'
import { checkRules } from './config-rules.ts'
import { type Config, schemaAt } from './config-schema.ts'
import { type Environment, expandVariables, type ValuePath } from './expand-variables.ts'
import { readYaml } from './read-yaml.ts'

export type { Config, ConfigFor, ConfigNeed, ConfigProblem, Environment }
export { printProblems }
export type DatabaseConfig = Config['database']
export type QueueConfig = NonNullable<Config['queues']['live']>
export type SourceConfig = Config['sources'][number]
export type WorkerConfig = Config['worker']

export type ConfigResult<Checked = Config> =
  | { kind: 'valid'; config: Checked }
  | { kind: 'invalid'; problems: ConfigProblem[] }

export type LoadConfigOptions<Needs extends readonly ConfigNeed[]> = {
  path: string
  env: Environment
  /** All by default. Other sections are neither checked nor returned. */
  needs?: Needs
  /** True if the user named the file: then nothing replaces a missing file. */
  fileRequired?: boolean
  /** Rejects as `fs.readFile` does, with `code` set. */
  readFile?: (path: string) => Promise<string>
}

type EveryNeed = typeof everyNeed

/**
 * Reads and checks the whole file. Commands that need only the database also work without a file if `DATABASE_URL` or `DATABASE_HOST` is
 * set. Everything else then has its default.
 */
export async function loadConfig<const Needs extends readonly ConfigNeed[] = EveryNeed>(
  options: LoadConfigOptions<Needs>,
): Promise<ConfigResult<ConfigFor<Needs>>> {
  const { path, env, needs = everyNeed, readFile = (name) => readFileOfSystem(name, 'utf8') } = options
  try {
    return readConfig(await readFile(path), env, options.needs)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const standIn = options.fileRequired === true ? undefined : textWithoutFile(needs, env)
    if (error.code === 'ENOENT' && standIn !== undefined)
      return blameVariable(readConfig(standIn, env, options.needs))
    return { kind: 'invalid', problems: [{ path: '', message: describeUnread(error.code, options) }] }
  }
}

function textWithoutFile(needs: readonly ConfigNeed[], env: Environment): string | undefined {
  if (needs.length === 0) return ''
  if (!needsOnlyDatabase(needs)) return undefined
  const set = Object.entries(variables).filter(([, name]) => env[name] !== undefined && env[name] !== '')
  if (!set.some(([key]) => key === 'url' || key === 'host')) return undefined
  return `database:\n${set.map(([key, name]) => `  ${key}: \${${name}}\n`).join('')}`
}

const variables = {
  url: 'DATABASE_URL',
  host: 'DATABASE_HOST',
  port: 'DATABASE_PORT',
  user: 'DATABASE_USER',
  password: 'DATABASE_PASSWORD',
  name: 'DATABASE_NAME',
}

/** There is no file, so a wrong value is a problem of its variable. */
function blameVariable<Checked>(result: ConfigResult<Checked>): ConfigResult<Checked> {
  if (result.kind === 'valid') return result
  const nameOf = (path: string) =>
    Object.entries(variables).find(([key]) => path === `database.${key}`)?.[1] ?? 'DATABASE_URL'
  const problems = result.problems.map(({ path, message }) => ({
    path: nameOf(path),
    message,
    hasNoFile: true,
  }))
  return { kind: 'invalid', problems }
}

function describeUnread(code: unknown, options: LoadConfigOptions<readonly ConfigNeed[]>): string {
  if (code !== 'ENOENT') return `cannot be read (${String(code)})`
  const { needs = everyNeed, fileRequired } = options
  if (needsOnlyDatabase(needs) && fileRequired !== true) {
    return 'file not found; create it, or set DATABASE_URL or DATABASE_HOST instead'
  }
  return 'file not found; start from a copy of aftercall.example.yaml, or name another file with --config'
}

function needsOnlyDatabase(needs: readonly ConfigNeed[]): boolean {
  return needs.every((need) => need === 'database')
}

/**
 * The same for the text of a file. Reports all problems at once (I11). If the text is not valid YAML, only that is reported,
 * because its keys are then unclear.
 */
export function readConfig<const Needs extends readonly ConfigNeed[] = EveryNeed>(
  text: string,
  env: Environment,
  needs?: Needs,
): ConfigResult<ConfigFor<Needs>> {
  const yaml = readYaml(text)
  if (yaml.kind === 'unreadable') {
    return { kind: 'invalid', problems: yaml.problems.map((problem) => ({ path: '', ...problem })) }
  }
  const checked = checkTree(yaml.value ?? {}, env, needs ?? everyNeed)
  if (checked.kind === 'valid') {
    // Which sections are present depends on a list that zod's types do not know.
    return { kind: 'valid', config: checked.config as ConfigFor<Needs> }
  }
  const problems = checked.problems.map(({ path, message }) => {
    const line = yaml.lineOf(path)
    return { path: printPath(path), ...(line === undefined ? {} : { line }), message }
  })
  return { kind: 'invalid', problems: problems.sort((left, right) => (left.line ?? 0) - (right.line ?? 0)) }
}

type CheckedTree =
  | { kind: 'valid'; config: ConfigFor<[]> }
  | { kind: 'invalid'; problems: { path: ValuePath; message: string }[] }

function checkTree(tree: unknown, env: Environment, needs: readonly ConfigNeed[]): CheckedTree {
  const expansion = expandVariables(keepNeeded(tree, needs), env, (path) => schemaAt(path)?.type)
  const parsed = schemaFor(needs).safeParse(expansion.value)
  const issues = parsed.error?.issues ?? []
  const unreplaced = new Set(expansion.problems.map(({ path }) => printPath(path)))
  const problems = [
    ...expansion.problems,
    // If a variable is missing, the schema could only repeat that a value is missing.
    ...issues
      .flatMap((issue) => describeIssue(issue, expansion.value))
      .filter(({ path }) => !unreplaced.has(printPath(path))),
    ...checkRules(expansion.value, needs),
  ]
  if (!parsed.success || problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'valid', config: fitBatch(parsed.data) }
}

/** With a lower `inFlight`, the default of `batchSize` follows. */
function fitBatch(config: ConfigFor<[]>): ConfigFor<[]> {
  const { worker } = config
  return { ...config, worker: { ...worker, batchSize: Math.min(worker.batchSize, worker.inFlight) } }
}
