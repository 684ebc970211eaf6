import type { S3Client } from '@aws-sdk/client-s3'

export type StoreClock = {
  /**
   * How far the store's clock was ahead of ours at the last answer, in milliseconds, exact to about a second. Undefined
   * until an answer has a Date. S3 and SQS refuse requests whose time is off by 15 minutes
   * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed).
   */
  aheadMs(): number | undefined
}

/** Reads the Date of every answer to this client from now on. */
export function watchStoreClock(client: S3Client): StoreClock {
  let aheadMs: number | undefined
  const watch = (sentAtMs: number, response: unknown): void => {
    const { headers } = response as { headers?: Record<string, string> }
    const dateMs = Date.parse(headers?.date ?? '')
    // The Date was taken at some time between the request and the answer, and is cut to the second.
    if (!Number.isNaN(dateMs)) aheadMs = dateMs + 500 - (sentAtMs + Date.now()) / 2
  }
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAtMs = Date.now()
      const result = await next(args)
      watch(sentAtMs, result.response)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'watchStoreClock' },
  )
  return { aheadMs: () => aheadMs }
}
