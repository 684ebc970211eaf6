import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { z } from 'zod'

export type AwsCommand = {
  /** To put first on PATH. */
  dir: string
  close(): Promise<void>
}

const callSchema = z.object({ cwd: z.string(), args: z.array(z.string()) })
const attributesSchema = z.record(z.string(), z.string())
const required = z.string()

/**
 * `aws` for a script, with as much of the AWS CLI as our set-up scripts need, for machines without the CLI. It hands each
 * call over to this process, which makes it with the AWS SDK.
 */
export async function startAwsCommand(s3: S3Client, sqs: SQSClient): Promise<AwsCommand> {
  const server = createServer(async (request, response) => {
    try {
      const { cwd, args } = callSchema.parse(JSON.parse(await text(request)))
      const { options, call } = readCall(args)
      const answer = await perform(call, options, cwd)
      response.end(printAnswer(answer, options))
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-aws-'))
  const script = `#!${process.execPath}
const body = JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2) })
fetch('http://127.0.0.1:${port}', { method: 'POST', body }).then(async (answer) => {
  const text = await answer.text()
  if (answer.ok) process.stdout.write(text + (text === '' ? '' : '\\n'))
  else process.stderr.write(text + '\\n')
  process.exitCode = answer.ok ? 0 : 254
})\n`
  await writeFile(join(dir, 'aws'), script, { mode: 0o755 })

  async function perform(call: string, options: Options, cwd: string): Promise<object> {
    const read = (name: string) => readJson(options, name, cwd)
    const Bucket = options.bucket ?? ''
    const QueueName = options['queue-name'] ?? ''
    const QueueUrl = options['queue-url'] ?? ''
    switch (call) {
      case 'sqs create-queue': {
        const Attributes =
          options.attributes === undefined ? {} : attributesSchema.parse(await read('attributes'))
        return sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
      }
      case 'sqs get-queue-url':
        return sqs.send(new GetQueueUrlCommand({ QueueName }))
      case 'sqs get-queue-attributes': {
        // The SDK's list of names is that of the CLI.
        const AttributeNames = [required.parse(options['attribute-names']) as QueueAttributeName]
        return sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
      }
      case 'sqs set-queue-attributes': {
        const Attributes = attributesSchema.parse(await read('attributes'))
        return sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
      }
      case 's3api create-bucket':
        return s3.send(new CreateBucketCommand({ Bucket }))
      case 's3api head-bucket':
        return s3.send(new HeadBucketCommand({ Bucket }))
      case 's3api get-bucket-notification-configuration':
        return s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
      case 's3api put-bucket-notification-configuration': {
        // S3 checks its shape.
        const rules = (await read('notification-configuration')) as NotificationConfiguration
        return s3.send(
          new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: rules }),
        )
      }
      case 'iam create-policy': {
        z.object({ Version: z.literal('2012-10-17') }).parse(await read('policy-document'))
        return { Policy: { PolicyName: options['policy-name'] } }
      }
      default:
        throw new Error(`not known here: aws ${call}`)
    }
  }

  return {
    dir,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

type Options = Record<string, string | undefined>

function readCall([service, call, ...args]: string[]): { call: string; options: Options } {
  const options: Record<string, string> = {}
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = args.slice(at, at + 2)
    if (!name.startsWith('--') || value === undefined) throw new Error(`no option with a value: ${name}`)
    options[name.slice(2)] = value
  }
  return { call: `${service} ${call}`, options }
}

/** `file://name` is relative to where the CLI was started; other values are JSON themselves. */
async function readJson(options: Options, name: string, cwd: string): Promise<unknown> {
  const value = required.parse(options[name])
  const [, file] = /^file:\/\/(.+)$/.exec(value) ?? []
  return JSON.parse(file === undefined ? value : await readFile(join(cwd, file), 'utf8'))
}

function printAnswer(
  { $metadata: _, ...answer }: { $metadata?: unknown },
  { query, output }: Options,
): string {
  const value = query === undefined ? answer : evaluate(query, answer)
  if (output === 'text') return typeof value === 'string' ? value : 'None'
  return Object.keys(Object(value)).length === 0 ? '' : JSON.stringify(value, null, 4)
}

/** The two forms of JMESPath that our scripts use: a path, and the one that joins the rules of a bucket with ours. */
function evaluate(query: string, answer: object): unknown {
  const joining =
    /^merge\(@, \{QueueConfigurations: \[not_null\(QueueConfigurations, `\[\]`\)\[\?Id != `(".*?")`\], `(\[\{.*\}\])`\]\[\]\}\)$/
  const [, id, ours] = joining.exec(query) ?? []
  if (id === undefined || ours === undefined) {
    if (!/^[\w.]+$/.test(query)) throw new Error(`not known here: --query ${query}`)
    return query.split('.').reduce<unknown>((inner, key) => Object(inner)[key], answer)
  }
  const { QueueConfigurations = [] } = answer as NotificationConfiguration
  const others = QueueConfigurations.filter(({ Id }) => Id !== JSON.parse(id))
  const added: unknown[] = JSON.parse(ours.replaceAll('\\`', '`'))
  return { ...answer, QueueConfigurations: [...others, ...added] }
}
