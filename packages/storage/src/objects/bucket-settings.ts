import { Readable } from 'node:stream'
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfigurationFilter,
  type S3Client,
} from '@aws-sdk/client-s3'
import { classifyError } from '../aws/error-class.ts'

/** Settings that cannot be read: the store does not support them, we lack the permission, or the call failed. */
export type Unreadable = {
  kind: 'unreadable'
  reason: 'not_allowed' | 'not_offered' | 'failed'
  detail: string
}

/** Which new objects of a bucket are announced, and where. */
export type NotificationRule = {
  target: { kind: 'queue' | 'topic'; arn: string } | { kind: 'eventbridge' }
  /** `s3:ObjectCreated:*`, `s3:ObjectCreated:Put`, … */
  events: string[]
  prefix: string
  suffix: string
}

export type NotificationRules = { kind: 'rules'; rules: NotificationRule[] } | Unreadable

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html. Does not reject. */
export async function readNotificationRules(client: S3Client, bucket: string): Promise<NotificationRules> {
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket })
  expectRoot(command.middlewareStack, 'NotificationConfiguration')
  try {
    const answer = await client.send(command)
    const queues = (answer.QueueConfigurations ?? []).map(({ QueueArn, Events, Filter }) =>
      ruleOf({ kind: 'queue', arn: QueueArn ?? '' }, Events, Filter),
    )
    const topics = (answer.TopicConfigurations ?? []).map(({ TopicArn, Events, Filter }) =>
      ruleOf({ kind: 'topic', arn: TopicArn ?? '' }, Events, Filter),
    )
    // EventBridge gets every event of the bucket. Its own rules decide where they go.
    const bridge =
      answer.EventBridgeConfiguration === undefined
        ? []
        : [ruleOf({ kind: 'eventbridge' }, ['s3:ObjectCreated:*'], undefined)]
    return { kind: 'rules', rules: [...queues, ...topics, ...bridge] }
  } catch (error) {
    return unreadable(error)
  }
}

function ruleOf(
  target: NotificationRule['target'],
  events: readonly string[] | undefined,
  filter: NotificationConfigurationFilter | undefined,
): NotificationRule {
  const rules = filter?.Key?.FilterRules ?? []
  const filtered = (name: string): string =>
    rules.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? ''
  return { target, events: [...(events ?? [])], prefix: filtered('prefix'), suffix: filtered('suffix') }
}

/** A rule that deletes objects after a number of days. */
export type Expiration = { id: string; prefix: string; days: number }

export type Expirations = { kind: 'expirations'; expirations: Expiration[] } | Unreadable

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html. Does not reject. */
export async function readExpirations(client: S3Client, bucket: string): Promise<Expirations> {
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })
  expectRoot(command.middlewareStack, 'LifecycleConfiguration')
  try {
    const { Rules = [] } = await client.send(command)
    const expirations = Rules.flatMap(({ ID, Status, Expiration, Filter, Prefix }) => {
      if (Status !== 'Enabled' || Expiration?.Days === undefined) return []
      const prefix = Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? ''
      return [{ id: ID ?? 'without a name', prefix, days: Expiration.Days }]
    })
    return { kind: 'expirations', expirations }
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchLifecycleConfiguration') {
      return { kind: 'expirations', expirations: [] }
    }
    return unreadable(error)
  }
}

class NotOfferedError extends Error {
  override readonly name = 'NotOfferedError'
  readonly code = 'not_offered'
  readonly retryable = false
}

const namesOfNotOffered = new Set([
  'NotImplemented',
  'MethodNotAllowed',
  'UnsupportedOperation',
  'InvalidArgument',
])

function unreadable(error: unknown): Unreadable {
  const name = error instanceof Error ? error.name : ''
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof NotOfferedError || namesOfNotOffered.has(name))
    return { kind: 'unreadable', reason: 'not_offered', detail }
  const reason = classifyError(error).code === 'access_denied' ? 'not_allowed' : 'failed'
  return { kind: 'unreadable', reason, detail }
}

/**
 * A store that does not support the request may answer with a listing of the bucket, which the SDK reads as empty settings.
 * So the root element is checked before the SDK reads the answer.
 */
function expectRoot(stack: GetBucketNotificationConfigurationCommand['middlewareStack'], root: string): void {
  stack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as { statusCode: number; body: unknown }
      if (response.statusCode !== 200 || !(response.body instanceof Readable)) return result
      const chunks: Buffer[] = []
      for await (const chunk of response.body) chunks.push(Buffer.from(chunk as Uint8Array))
      const body = Buffer.concat(chunks)
      if (!body.includes(`<${root}`)) throw new NotOfferedError(`the store's answer has no ${root}`)
      response.body = Readable.from([body])
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'expectRoot' },
  )
}
