import { type CliContext, UsageError } from '../cli-context.ts'
import { openBucketPlace } from './bucket-place.ts'
import { openFolderPlace } from './folder-place.ts'
import type { LakePlace } from './lake-place.ts'

/** Where `--to` leads: `s3://BUCKET/PREFIX`, or a folder. */
export function openPlace(context: CliContext, text: string): LakePlace {
  const place = splitPlace(text)
  if (place.kind === 'folder') return openFolderPlace(place.folder)
  if (place.scheme !== 's3')
    throw new UsageError(
      `--to ${text}: files are written to a folder or to s3://BUCKET/PREFIX. For a bucket of Google Cloud Storage, write s3:// and set AWS_ENDPOINT_URL_S3=https://storage.googleapis.com`,
    )
  return openBucketPlace(context, place.bucket, place.prefix)
}

export type SplitPlace =
  | { kind: 'folder'; folder: string }
  | { kind: 'bucket'; scheme: string; bucket: string; prefix: string }

export function splitPlace(text: string): SplitPlace {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9]*):\/\/(.*)$/.exec(text) ?? []
  if (scheme === undefined) {
    if (text.trim() === '') throw new UsageError('--to is empty: name a folder or s3://BUCKET/PREFIX')
    return { kind: 'folder', folder: text }
  }
  const [bucket = '', ...parts] = rest.replace(/\/+$/, '').split('/')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]+$/.test(bucket))
    throw new UsageError(`--to must be a folder or look like s3://BUCKET/PREFIX, not ${text}`)
  return { kind: 'bucket', scheme, bucket, prefix: parts.join('/') }
}
