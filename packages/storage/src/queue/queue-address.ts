import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { isRecord } from '../aws/service-answer.ts'

export type QueueAddress = { origin: string; path: string }

/**
 * Where the SDK would send a call for this queue, considering the queue's URL, a configured endpoint, FIPS, and dual-stack.
 * Lets the SDK prepare a request and intercepts it before it is signed and sent. Rejects as the SDK does, for example
 * without a Region.
 */
export async function findQueueAddress(client: SQSClient, queueUrl: string): Promise<QueueAddress> {
  const command = new ReceiveMessageCommand({ QueueUrl: queueUrl })
  let request: unknown
  command.middlewareStack.add(
    () => async (args) => {
      request = args.request
      return { output: { $metadata: {} }, response: undefined }
    },
    { step: 'build', priority: 'high', name: 'takeRequest' },
  )
  await client.send(command)
  if (!isRecord(request)) throw new TypeError('the SDK prepared no request')
  const { protocol, hostname, port, path } = request
  const { origin } = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`)
  return { origin, path: String(path) }
}
