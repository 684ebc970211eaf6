import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type EmbeddedStack, startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { countOf } from '@aftercall/testkit/test-count'
import { afterEach, expect, inject, test, vi } from 'vitest'
import { startAwsCommand } from '../compose/aws-command.ts'
import { type SampleFile, sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { writePsqlCommand } from './psql-command.ts'
import { isAsPrinted, readQuickstart } from './read-quickstart.ts'
import { openShell, type Ran, type Shell } from './shell.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const bucket = 'acme-session-files'
const steps = readQuickstart('docs/quickstart-aws.md')
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** thorough: with the AWS CLI and psql of this machine too, if it has them. */
const tools = ['stand-ins of the tests', 'the AWS CLI and psql of this machine'].slice(
  0,
  countOf({ quick: 1, thorough: 2 }),
)

test.for(tools)(
  'the quickstart, followed word by word with %s, ends with rows and a clean doctor',
  async (by, { skip }) => {
    expect(steps.map(({ title }) => title[0])).toEqual([...'123456789'])
    const stack = await startEmbeddedStack()
    closing.push(() => stack.stop())
    await stack.aws.createBucket(bucket)
    const s3 = createS3Client({ env: stack.awsEnvironment })
    const land = ({ key, text }: SampleFile) =>
      putObject(s3, { bucket, key: `metadata/${key}`, bytes: Buffer.from(text) })
    const { files, sessions } = filesOfOneTenant()
    const last = files.pop()
    for (const file of files) await land(file)
    const shell = await open(stack, by === tools[0])
    if (shell === undefined) return skip('psql, or an AWS CLI of 1.30, 2.14 or newer, is not on this machine')
    for (const { title, commands, prints } of steps) {
      let output = ''
      for (const command of commands.map((text) => onThisMachine(text, stack))) {
        // How it is installed is proven by tests/release; the stand-in of IAM checks the form of the policy alone.
        if (command.startsWith('npm install')) continue
        if (by !== tools[0] && command.startsWith('aws iam')) continue
        const isLast = title.startsWith('9.') && command === 'aftercall doctor'
        const ran = isLast ? await untilWell(shell, command) : await shell.run(command)
        expect(ran, `${title}: ${command}`).toMatchObject({ code: 0 })
        output += ran.output
        // The port of the worker may be taken on a machine with other tests.
        if (command.includes('aftercall init'))
          await shell.run("printf 'http: { port: 0 }\\n' >> aftercall.yaml")
        if (command.includes('aftercall worker')) {
          if (last !== undefined) await land(last)
          await until('the file that landed is stored', async () => {
            const { output: counted } = await shell.run(
              'aftercall sql "select count(*) from session" --format csv',
            )
            return counted.split('\n').includes(String(sessions))
          })
        }
      }
      if (by !== tools[0] && title.startsWith('4.')) continue
      expect(isAsPrinted(prints, output), `${title} printed\n${output}\nand not\n${prints}`).toBe(true)
    }
  },
)

/** Some seconds may pass until a worker has reported, and the counts by hour and day have followed. */
function untilWell(shell: Shell, command: string): Promise<Ran> {
  return until('doctor finds everything ok', async () => {
    const ran = await shell.run(command)
    if (/^(notice|PROBLEM)/m.test(ran.output)) throw new Error(ran.output)
    return ran
  })
}

/** The newest revisions of the sessions of a made-up company. */
function filesOfOneTenant(): { files: SampleFile[]; sessions: number } {
  const tenant = 'harborline/'
  const { files, expected } = sampleFiles('quickstart', 60)
  const newest = new Map(files.filter(({ key }) => key.startsWith(tenant)).map((file) => [file.key, file]))
  return {
    files: [...newest.values()],
    sessions: expected.filter(({ source }) => `${source}/` === tenant).length,
  }
}

/** What the page calls `db.example.com` is the embedded server here. */
function onThisMachine(command: string, { postgres }: EmbeddedStack): string {
  return command
    .replace('db.example.com:5432', `127.0.0.1:${postgres.port}`)
    .replace('-h db.example.com -p 5432', `-h 127.0.0.1 -p ${postgres.port}`)
}

/** A shell in an empty folder, with the built command, AWS CLI and psql on its PATH. Undefined without tools of this machine. */
async function open(stack: EmbeddedStack, withStandIns: boolean): Promise<Shell | undefined> {
  const cwd = mkdtempSync(join(tmpdir(), 'aftercall-quickstart-'))
  closing.push(() => rmSync(cwd, { recursive: true, force: true }))
  const bin = mkdtempSync(join(tmpdir(), 'aftercall-quickstart-bin-'))
  closing.push(() => rmSync(bin, { recursive: true, force: true }))
  symlinkSync(inject('command'), join(bin, 'aftercall'))
  const { PATH = '', HOME = '/' } = process.env
  const path = [bin, dirname(process.execPath), PATH]
  if (withStandIns) {
    const env = stack.awsEnvironment
    const queueUrl = `${stack.awsEndpoint}/000000000000/any`
    const command = await startAwsCommand(createS3Client({ env }), createSqsClient({ queueUrl, env }))
    closing.push(command.close)
    path.unshift(command.dir)
    writePsqlCommand(bin, new URL('../../packages/warehouse/package.json', import.meta.url))
  } else if (!hasTools()) return undefined
  else writeFileSync(join(bin, 'aws'), awsOfThisMachine(), { mode: 0o755 })
  const password = new URL(stack.databaseUrl).password
  const shell = openShell({
    cwd,
    env: {
      PATH: path.join(':'),
      HOME,
      ...stack.awsEnvironment,
      PGPASSWORD: password,
      XDG_STATE_HOME: join(cwd, '.state'),
    },
  })
  closing.push(shell.close)
  return shell
}

/** Some releases of the CLI do not use AWS_ENDPOINT_URL for SQS. */
function awsOfThisMachine(): string {
  const path = execFileSync('sh', ['-c', 'command -v aws'], { encoding: 'utf8' }).trim()
  return `#!/bin/sh\nexec ${path} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n`
}

/** The embedded SQS speaks JSON, as the CLI does since 1.29.81 and 2.14. */
function hasTools(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v psql'], { stdio: 'ignore' })
    const [, major, minor] =
      /aws-cli\/(\d+)\.(\d+)/.exec(execFileSync('aws', ['--version'], { encoding: 'utf8' })) ?? []
    return Number(major) === 1 ? Number(minor) >= 30 : Number(minor) >= 14
  } catch {
    return false
  }
}
