import type { HttpAnswer } from '../aws/http-message.ts'
import { isRecord, ServiceRefusedError } from '../aws/service-answer.ts'

/**
 * The error in an answer. Its type may carry a namespace before `#` and a page after `:`
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization). A proxy that answers
 * instead of SQS does not send JSON: then the HTTP status decides.
 */
export function readRefusal(answer: HttpAnswer): ServiceRefusedError {
  const { statusCode, headers } = answer
  const fields = answer.kind === 'answered' ? readJson(answer.body) : {}
  const type = headers['x-amzn-errortype'] ?? fields.__type ?? fields.code
  const name = typeof type === 'string' ? type.replace(/^.*#/, '').replace(/[:,].*$/, '') : 'UnknownError'
  const message = [fields.message, fields.Message].find((text) => typeof text === 'string')
  const requestId = headers['x-amzn-requestid']
  return new ServiceRefusedError(name, message ?? `SQS answered with HTTP status ${statusCode}`, {
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
