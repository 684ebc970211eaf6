import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SampleSession } from '@aftercall/samples/make-sample'
import { planHistory, sampleHistory } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { type CliContext, UsageError } from '../cli-context.ts'

/** Where sample files go. Revisions of a key must be put in order. */
type Target = { put(key: string, text: string): Promise<void>; place: string; keepsRevisions: boolean }

export type SampleRequest = {
  sessions: number
  seed: string
  /** Null for sessions without a history: about six weeks, chosen at random. */
  history: { days: number; until: Date } | null
  unknownWords: boolean
  out?: string | undefined
  to?: string | undefined
}

export type SampleReport = {
  /** Without those of which the platform has not yet written a file. */
  sessions: number
  files: number
  bytes: number
  seconds: number
  place: string
  /** The folders that were written, one for each platform instance, sorted. */
  tenants: string[]
}

const writersMax = 32

/** Writes sample sessions into a folder or a bucket, in constant memory. */
export async function writeSamples(context: CliContext, request: SampleRequest): Promise<SampleReport> {
  const target = openTarget(context, request)
  const startedAt = performance.now()
  const written = await writeAll(samplesOf(request), target)
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(3))
  return { ...written, tenants: [...written.tenants].sort(), seconds, place: target.place }
}

function samplesOf({ history, ...request }: SampleRequest): Generator<SampleSession, void, void> {
  const { seed, sessions, unknownWords } = request
  return history === null
    ? sampleSessions({ seed, sessions, unknownWords })
    : sampleHistory(planHistory({ seed, sessions, unknownWords, ...history }))
}

function openTarget(context: CliContext, options: SampleRequest): Target {
  if ((options.out === undefined) === (options.to === undefined)) {
    throw new UsageError('choose where to write: either --out DIR or --to s3://BUCKET/PREFIX')
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

type Written = { sessions: number; files: number; bytes: number; tenants: Set<string> }

/** Constant memory: each writer takes the next session only after it has finished the previous one. */
async function writeAll(samples: Generator<SampleSession>, target: Target): Promise<Written> {
  const written: Written = { sessions: 0, files: 0, bytes: 0, tenants: new Set() }
  const write = async (): Promise<void> => {
    for (const sample of samples) await writeSample(sample, target, written)
  }
  await Promise.all(Array.from({ length: writersMax }, write))
  return written
}

async function writeSample(sample: SampleSession, target: Target, written: Written): Promise<void> {
  written.sessions += 1
  for (const [index, revision] of sample.revisions.entries()) {
    const next = sample.revisions[index + 1]
    if (!target.keepsRevisions && next?.key === revision.key) continue
    const text = writeDocument(revision.document)
    await target.put(`${sample.tenant}/${revision.key}`, text)
    written.files += 1
    written.tenants.add(sample.tenant)
    written.bytes += Buffer.byteLength(text)
  }
}
