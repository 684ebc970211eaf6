import type { S3Client } from '@aws-sdk/client-s3'

export type StoreClock = {
  /**
   * How far the clock of the last answer was ahead of ours, in milliseconds, to about a second; undefined before an
   * answer with a Date. S3 and SQS refuse requests whose time is 15 minutes off
   * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed).
   */
  aheadMs(): number | undefined
}

/** Reads the Date of every answer that this client gets from now on. */
export function watchStoreClock(client: S3Client): StoreClock {
  let aheadMs: number | undefined
  const watch = (sentAtMs: number, response: unknown): void => {
    const { headers } = response as { headers?: Record<string, string> }
    const dateMs = Date.parse(headers?.date ?? '')
    // The Date is of some moment between the request and the answer, and cut to the second.
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
