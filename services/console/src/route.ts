import type { z } from 'zod'
import type { ConsoleFailure } from './answers.ts'
import { type CsvTable, formatCsv } from './csv.ts'
import { readQueryProblem } from './query-problem.ts'
import type { Shell } from './views/shell.ts'

/** The answer of a path: its data, and the page that shows it. */
export type RouteAnswer = {
  page(shell: Shell): string
  data: unknown
  /** In place of the data, if the request asks for it. */
  csv?: string
}

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
  readonly reason: ConsoleFailure['reason']
  constructor({ status, code, reason }: ConsoleFailure) {
    super(reason.kind)
    this.status = status
    this.code = code
    this.reason = reason
  }
}

/** Connects a path with what it reads and the page that shows it, with types that fit. */
export function route<Query extends z.ZodType<unknown>, Answer>(definition: {
  path: RegExp
  query: Query
  read(query: z.output<Query>): Promise<Answer | undefined>
  render(answer: Answer, shell: Shell): string
  /** Says what does not exist when `read` finds nothing. */
  notFound?: 'unknown_source' | 'unknown_rejection' | 'unknown_action'
  /** Its table, for `format=csv`. */
  table?(answer: Answer): CsvTable
}): Route {
  const { path, query, read, render, table } = definition
  return {
    path,
    read: async ({ format, ...parameters }) => {
      if (format !== undefined && (table === undefined || format !== 'csv'))
        throw new FailedRequest({ status: 400, code: 'bad_request', reason: { kind: 'not_a_table' } })
      const parsed = query.safeParse(parameters)
      if (!parsed.success) {
        const problems = parsed.error.issues.map(readQueryProblem)
        throw new FailedRequest({ status: 400, code: 'bad_request', reason: { kind: 'bad_query', problems } })
      }
      const answer = await read(parsed.data)
      if (answer === undefined)
        throw new FailedRequest({
          status: 404,
          code: 'not_found',
          reason: { kind: definition.notFound ?? 'unknown_page' },
        })
      const asTable = format === undefined ? undefined : table?.(answer)
      return {
        page: (shell) => render(answer, shell),
        data: answer,
        ...(asTable === undefined ? {} : { csv: formatCsv(asTable) }),
      }
    },
  }
}
