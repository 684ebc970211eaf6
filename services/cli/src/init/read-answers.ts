import { type CliContext, UsageError } from '../cli-context.ts'
import { askQuestions } from './ask-questions.ts'
import type { InitAnswers, TypedAnswers } from './init-answers.ts'
import { listQuestions, type Question } from './questions.ts'

/**
 * Takes the answers from the options, and asks for the others on a terminal. Without one, or with `--yes`, the others have
 * their defaults.
 * @throws UsageError with every wrong or missing option; StoppedError for Ctrl-C and Ctrl-D
 */
export async function readAnswers(
  context: CliContext,
  typed: TypedAnswers,
  { yes }: { yes: boolean },
): Promise<InitAnswers> {
  const questions = listQuestions(context.env)
  const mayAsk = context.stdin.isTTY === true && !yes
  const given = questions.filter(({ name }) => typed[name] !== undefined)
  const left = questions.filter((one) => !given.includes(one))
  const missing = mayAsk ? [] : left.filter(({ byDefault }) => byDefault === undefined)
  const problems = [
    ...given.flatMap((one) => problemOf(one, typed[one.name] ?? '')),
    ...missing.map(({ flag, text }) => `${flag} is missing: ${text}`),
  ]
  if (problems.length > 0) {
    const hint = missing.length === 0 || yes ? [] : ['On a terminal, init asks for what is missing.']
    throw new UsageError(...problems, ...hint)
  }
  const asked = mayAsk ? await askQuestions(context, left) : {}
  const values = questions.map((one) => {
    const read = one.read(asked[one.name] ?? typed[one.name] ?? one.byDefault ?? '')
    if ('problem' in read) throw new UsageError(`${one.flag} ${read.problem}`)
    return [one.name, read.value] as const
  })
  // Each value was read by the question of its name, and every name has a question.
  return Object.fromEntries(values) as InitAnswers
}

function problemOf({ flag, read }: Question, text: string): string[] {
  const result = read(text)
  return 'problem' in result ? [`${flag} ${result.problem}`] : []
}
