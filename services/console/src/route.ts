import type { z } from 'zod'
import type { ConsoleFailure } from './answers.ts'
import { describeQueryProblem } from './query-problem.ts'
import type { Shell } from './views/shell.ts'

/** The answer of a path: its data, and the page that shows it. */
export type RouteAnswer = { page(shell: Shell): string; data: unknown }

export type Route = {
  /** Of the page; its JSON is under `/api`. Named groups become parameters, still encoded. */
  path: RegExp
  /** Rejects with a `FailedRequest` if the data does not exist or the request is not valid, or with an error of the database. */
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

/** Connects a path with what it reads and the page that shows it, with types that fit. */
export function route<Query extends z.ZodType<unknown>, Answer>(definition: {
  path: RegExp
  query: Query
  read(query: z.output<Query>): Promise<Answer | undefined>
  render(answer: Answer, shell: Shell): string
  /** Why there is no answer. */
  missing?: string
}): Route {
  const { path, query, read, render, missing = 'There is no rejection with this id.' } = definition
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
        throw new FailedRequest({
          status: 404,
          code: 'not_found',
          message: missing,
        })
      return { page: (shell) => render(answer, shell), data: answer }
    },
  }
}
