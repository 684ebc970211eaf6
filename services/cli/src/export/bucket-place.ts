import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { fetchObject, putObject } from '@aftercall/storage/objects/fetch-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { putFile, removeObject } from '@aftercall/storage/objects/put-file'
import type { CliContext } from '../cli-context.ts'
import type { LakePlace } from './lake-place.ts'

/** A manifest has a few kilobytes. */
const textBytesMax = 4 * 1024 * 1024

/** A bucket and a prefix without a slash at its end, which may be empty. S3 replaces an object at once and whole. */
export function openBucketPlace({ env }: CliContext, bucket: string, prefix: string): LakePlace {
  const client = createS3Client({ env })
  const getObject = getObjectBySdk(client)
  let spool: Promise<string> | undefined
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`)
  const addressOf = (name: string) => ({ bucket, key: keyOf(name) })
  return {
    describe: (name) => `s3://${bucket}/${keyOf(name)}`,
    spoolFolder() {
      spool ??= mkdtemp(join(tmpdir(), 'aftercall-export-'))
      return spool
    },
    async putFile(name, spooled) {
      await putFile(client, addressOf(name), spooled)
      await rm(spooled)
    },
    async putText(name, text) {
      const contentType = 'application/json'
      await putObject(client, { ...addressOf(name), bytes: Buffer.from(text), contentType })
    },
    async readText(name) {
      const answer = await fetchObject(getObject, addressOf(name), { bytesMax: textBytesMax })
      return answer.kind === 'found' ? Buffer.from(answer.bytes).toString() : undefined
    },
    remove: (name) => removeObject(client, addressOf(name)),
    close: async () => {
      client.destroy()
      const made = await spool
      if (made !== undefined) await rm(made, { recursive: true, force: true })
    },
  }
}
