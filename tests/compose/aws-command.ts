import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ObjectStoreAndQueue } from '@aftercall/embedded/object-store-and-queue'
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { z } from 'zod'

export type AwsCommand = {
  /** To put first on PATH. */
  dir: string
  close(): Promise<void>
}

const callSchema = z.object({ cwd: z.string(), args: z.array(z.string()) })
const attributesSchema = z.record(z.string(), z.string())
const notificationsSchema = z.strictObject({
  QueueConfigurations: z.array(z.strictObject({ QueueArn: z.string(), Events: z.array(z.string()) })),
})

/**
 * `aws` for a script, with as much of the AWS CLI as the set-up of the compose file needs. It hands each call over to
 * this process: the embedded S3 keeps notifications, but has no API to make them by.
 */
export async function startAwsCommand(aws: ObjectStoreAndQueue, sqs: SQSClient): Promise<AwsCommand> {
  const server = createServer(async (request, response) => {
    try {
      const { cwd, args } = callSchema.parse(JSON.parse(await text(request)))
      response.end(await perform(args, cwd))
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
  process.stdout.write(await answer.text() + '\\n')
  process.exitCode = answer.ok ? 0 : 1
})\n`
  await writeFile(join(dir, 'aws'), script, { mode: 0o755 })

  async function perform([service, call, ...rest]: string[], cwd: string): Promise<string> {
    const options = readOptions(rest)
    const read = (name: string) => readJson(options, name, cwd)
    switch (`${service} ${call}`) {
      case 'sqs create-queue': {
        const Attributes = attributesSchema.parse(await read('attributes'))
        const made = await sqs.send(new CreateQueueCommand({ QueueName: options['queue-name'], Attributes }))
        return made.QueueUrl ?? ''
      }
      case 's3api create-bucket':
        await aws.createBucket(z.string().parse(options.bucket))
        return 'made'
      case 's3api put-bucket-notification-configuration': {
        const { QueueConfigurations } = notificationsSchema.parse(await read('notification-configuration'))
        for (const { QueueArn, Events } of QueueConfigurations) {
          const queueUrl = `${aws.endpoint}/${QueueArn.split(':').slice(4).join('/')}`
          await aws.notify({ bucket: z.string().parse(options.bucket), queueUrl, events: Events })
        }
        return 'set'
      }
      default:
        throw new Error(`not known here: aws ${service} ${call}`)
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

function readOptions(args: string[]): Record<string, string | undefined> {
  const options: Record<string, string> = {}
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = args.slice(at, at + 2)
    if (!name.startsWith('--') || value === undefined) throw new Error(`no option with a value: ${name}`)
    options[name.slice(2)] = value
  }
  return options
}

/** `file://name` is relative to where the CLI was started. */
async function readJson(
  options: Record<string, string | undefined>,
  name: string,
  cwd: string,
): Promise<unknown> {
  const [, file] = /^file:\/\/(.+)$/.exec(options[name] ?? '') ?? []
  if (file === undefined) throw new Error(`--${name} has to name a file`)
  return JSON.parse(await readFile(join(cwd, file), 'utf8'))
}
