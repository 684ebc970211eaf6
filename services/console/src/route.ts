import type { z } from 'zod'
import type { ConsoleFailure } from './answers.ts'
import type { Shell } from './pages/shell.ts'
import { describeQueryProblem } from './query-problem.ts'

/** What an address answers: data, and the page that shows it. */
export type RouteAnswer = { page(shell: Shell): string; data: unknown }

export type Route = {
  /** Of the page; its JSON is under `/api` and this. Groups with names become parameters, as they are in the address. */
  path: RegExp
  /** Rejects with a `FailedRequest` for what is not there or not understood, and with what the database says. */
  read(parameters: Record<string, string>): Promise<RouteAnswer>
}

export class FailedRequest extends Error {
  override readonly name = 'FailedRequest'
  readonly code: string
  readonly retryable = false
  readonly status: ConsoleFailure['status']
  constructor({ status, code, message }: ConsoleFailure) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Ties an address to what it reads and to the page that shows it, so that the three fit. */
export function route<Query extends z.ZodType<unknown>, Answer>(definition: {
  path: RegExp
  query: Query
  read(query: z.output<Query>): Promise<Answer | undefined>
  render(answer: Answer, shell: Shell): string
}): Route {
  const { path, query, read, render } = definition
  return {
    path,
    read: async (parameters) => {
      const parsed = query.safeParse(parameters)
      if (!parsed.success) {
        const message = parsed.error.issues.map(describeQueryProblem).join(' ')
        throw new FailedRequest({ status: 400, code: 'bad_request', message })
      }
      const answer = await read(parsed.data)
      if (answer === undefined)
        throw new FailedRequest({ status: 404, code: 'not_found', message: 'No rejection has this number.' })
      return { page: (shell) => render(answer, shell), data: answer }
    },
  }
}
