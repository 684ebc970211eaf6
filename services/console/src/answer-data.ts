import type { HttpAnswer } from '@aftercall/runtime/process/serve-http'
import { visibleJson } from '@aftercall/runtime/text/visible-text'
import type { RouteAnswer } from './route.ts'

/** The data of a path under `/api`: JSON, or CSV where the request asks for it. */
export function answerData({ data, csv }: Pick<RouteAnswer, 'data' | 'csv'>): HttpAnswer {
  if (csv === undefined) return answerJson(200, data)
  return {
    status: 200,
    type: 'text/csv; charset=utf-8; header=present',
    body: csv,
    headers: { 'content-disposition': 'attachment; filename="aftercall.csv"' },
  }
}

export function answerJson(status: number, data: unknown): HttpAnswer {
  return { status, type: 'application/json', body: `${visibleJson(JSON.stringify(data))}\n` }
}
