import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createS3Client } from '@aftercall/storage/aws-clients'
import { putObject } from '@aftercall/storage/object-store'
import type { SampleSession } from '@aftercall/testkit/sample-session'
import { sampleSessions } from '@aftercall/testkit/sample-stream'
import { writeDocument } from '@aftercall/testkit/write-document'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  UsageError,
} from '../cli-context.ts'
import { readWholeNumber } from '../read-whole-number.ts'

type Options = CommonOptions & { sessions: string; seed: string; out?: string; to?: string }

/** Where sample files go: a revision with the key it lands under, revisions of a key in their order. */
type Target = { put(key: string, text: string): Promise<void>; place: string; keepsRevisions: boolean }

const writersMax = 32

/** `aftercall sample [--sessions N] [--seed X] (--out DIR | --to s3://…)` */
export function addSampleCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'sample', 'write sample session files, reproducible from the seed', [
    'aftercall sample --sessions 100 --out ./samples',
    'aftercall sample --sessions 5000 --seed monday --to s3://acme-session-files/metadata/',
  ])
    .option('--sessions <n>', 'how many sessions', '100')
    .option('--seed <text>', 'the same seed gives the same files', 'aftercall')
    .option('--out <dir>', 'write into this folder; of files that are rewritten the newest stays')
    .option('--to <s3-url>', 'upload below this s3://BUCKET/PREFIX, rewrites one after the other')
    .action(async (options: Options) => {
      const sessions = readWholeNumber('--sessions', options.sessions, { min: 1, max: 100_000_000 })
      const target = openTarget(context, options)
      const startedAt = performance.now()
      const written = await writeSamples(sampleSessions({ seed: options.seed, sessions }), target)
      const seconds = (performance.now() - startedAt) / 1000
      const report = { sessions, ...written, seconds: Number(seconds.toFixed(3)), place: target.place }
      context.stdout.write(
        options.json === true
          ? `${JSON.stringify(report)}\n`
          : `${sessions} sessions in ${written.files} files (${(written.bytes / 1e6).toFixed(1)} MB) written to ${target.place} in ${seconds.toFixed(1)} s\n`,
      )
    })
}

function openTarget(context: CliContext, options: Options): Target {
  if ((options.out === undefined) === (options.to === undefined)) {
    throw new UsageError('say where to write: either --out DIR or --to s3://BUCKET/PREFIX')
  }
  return options.to === undefined ? openFolder(options.out ?? '.') : openBucket(context, options.to)
}

function openFolder(folder: string): Target {
  const made = new Map<string, Promise<unknown>>()
  return {
    place: folder,
    keepsRevisions: false,
    async put(key, text) {
      const path = join(folder, key)
      const parent = dirname(path)
      if (!made.has(parent)) made.set(parent, mkdir(parent, { recursive: true }))
      await made.get(parent)
      await writeFile(path, text)
    },
  }
}

function openBucket({ env }: CliContext, url: string): Target {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  if (bucket === undefined) throw new UsageError(`--to must look like s3://BUCKET/PREFIX, not ${url}`)
  const client = createS3Client({ env, connectionsMax: writersMax })
  const start = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  return {
    place: `s3://${bucket}/${start}`,
    keepsRevisions: true,
    async put(key, text) {
      await putObject(client, {
        bucket,
        key: `${start}${key}`,
        bytes: Buffer.from(text),
        contentType: 'application/json',
      })
    },
  }
}

type Written = { files: number; bytes: number }

/** Constant memory: each of the writers takes the next session only when it is done with the one before. */
async function writeSamples(samples: Generator<SampleSession>, target: Target): Promise<Written> {
  const written: Written = { files: 0, bytes: 0 }
  const write = async (): Promise<void> => {
    for (const sample of samples) await writeSample(sample, target, written)
  }
  await Promise.all(Array.from({ length: writersMax }, write))
  return written
}

async function writeSample(sample: SampleSession, target: Target, written: Written): Promise<void> {
  for (const [index, revision] of sample.revisions.entries()) {
    const next = sample.revisions[index + 1]
    if (!target.keepsRevisions && next?.key === revision.key) continue
    const text = writeDocument(revision.document)
    await target.put(`${sample.tenant}/${revision.key}`, text)
    written.files += 1
    written.bytes += Buffer.byteLength(text)
  }
}
