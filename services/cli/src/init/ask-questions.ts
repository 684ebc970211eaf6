import { createInterface } from 'node:readline/promises'
import { type CliContext, StoppedError } from '../cli-context.ts'
import type { TypedAnswers } from './init-answers.ts'
import type { Question } from './questions.ts'

/**
 * Asks on the terminal, each question until its answer is valid. Questions go to stderr, so that stdout has only the result.
 * @throws StoppedError for Ctrl-C and Ctrl-D
 */
export async function askQuestions(
  { stdin: input, stderr: output }: CliContext,
  questions: readonly Question[],
): Promise<TypedAnswers> {
  const answers: TypedAnswers = {}
  if (questions.length === 0) return answers
  const terminal = createInterface({ input, output, terminal: true })
  // Without this, a question waits for ever after Ctrl-D.
  const stop = new AbortController()
  terminal.once('SIGINT', () => terminal.close())
  terminal.once('close', () => stop.abort())
  output.write(
    'Press Enter to take the answer in brackets, Ctrl-C to stop. Nothing is written before the last answer.\n',
  )
  try {
    for (const question of questions) {
      answers[question.name] = await askOne(question, (text) =>
        terminal.question(text, { signal: stop.signal }),
      )
    }
    return answers
  } catch (error) {
    if (!stop.signal.aborted) throw error
    output.write('\n')
    throw new StoppedError('stopped before the last answer: nothing was written')
  } finally {
    terminal.close()
  }

  async function askOne(
    { text, byDefault, read }: Question,
    ask: (text: string) => Promise<string>,
  ): Promise<string> {
    const hint = byDefault ? ` [${byDefault}]` : ''
    for (;;) {
      const answer =
        (await ask(`${text.charAt(0).toUpperCase()}${text.slice(1)}${hint}: `)).trim() || (byDefault ?? '')
      const result = read(answer)
      if (!('problem' in result)) return answer
      output.write(`  The answer ${result.problem}.\n`)
    }
  }
}
