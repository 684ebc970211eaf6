import type { HttpAnswer } from '../aws/http-message.ts'
import { ServiceRefusedError } from '../aws/service-refused-error.ts'
import { isRecord } from '../notifications/is-record.ts'

/**
 * The error in an answer. Its type may carry a namespace before `#` and a page after `:`
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization). Whoever answers in
 * place of SQS, such as a proxy, does not speak JSON: then the status tells.
 */
export function readRefusal(answer: HttpAnswer): ServiceRefusedError {
  const { statusCode, headers } = answer
  const told = answer.kind === 'answered' ? readJson(answer.body) : {}
  const type = headers['x-amzn-errortype'] ?? told.__type ?? told.code
  const name = typeof type === 'string' ? type.replace(/^.*#/, '').replace(/[:,].*$/, '') : 'UnknownError'
  const message = told.message ?? told.Message ?? `SQS answered with HTTP status ${statusCode}`
  const requestId = headers['x-amzn-requestid']
  return new ServiceRefusedError(name, String(message), {
    httpStatusCode: statusCode,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  })
}

function readJson(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return isRecord(parsed) ? parsed : {}
  } catch {
    return {}
  }
}
