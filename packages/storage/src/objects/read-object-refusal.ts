import type { HttpAnswer } from '../aws/http-message.ts'
import { ServiceRefusedError } from '../aws/service-answer.ts'

/**
 * The error in an answer (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). A proxy that answers instead of
 * S3 does not send its XML: then the HTTP status decides.
 */
export function readObjectRefusal(answer: HttpAnswer): ServiceRefusedError {
  const { statusCode, headers } = answer
  const text = answer.kind === 'answered' ? answer.body.toString() : ''
  const xml = /<Error[\s>]/.test(text) ? text : ''
  const name = element(xml, 'Code') ?? (statusCode === 404 ? 'NotFound' : 'UnknownError')
  const message = element(xml, 'Message') ?? `the store answered with HTTP status ${statusCode}`
  const requestId = headers['x-amz-request-id']
  return new ServiceRefusedError(name, message, {
    httpStatusCode: statusCode,
    requestId: typeof requestId === 'string' ? requestId : element(xml, 'RequestId'),
  })
}

/** S3's error document is flat, so no XML parser is needed to find an element. */
function element(xml: string, name: 'Code' | 'Message' | 'RequestId'): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text === undefined || text === '' ? undefined : decodeEntities(text)
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function decodeEntities(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => entities[name] ?? entity)
}
