import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { ObjectFetchError, ObjectListError } from './object-errors.ts'
import { decodeFormKey } from './object-key.ts'

type BucketPrefix = { bucket: string; prefix: string; signal?: AbortSignal }

/** The first key below the prefix, to check that it may be listed. Undefined if there is none. Rejects with `ObjectListError`. */
export async function readFirstKey(client: S3Client, target: BucketPrefix): Promise<string | undefined> {
  const [key] = await readFirstKeys(client, target, 1)
  return key
}

/** The first keys below the prefix. Rejects with `ObjectListError`. */
export async function readFirstKeys(
  client: S3Client,
  target: BucketPrefix,
  keysMax: number,
): Promise<string[]> {
  const { bucket, prefix, signal } = target
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    MaxKeys: keysMax,
    EncodingType: 'url',
  })
  try {
    const { Contents, EncodingType } = await client.send(
      command,
      signal === undefined ? {} : { abortSignal: signal },
    )
    const keys = (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
    return EncodingType === 'url' ? keys.map((key) => decodeFormKey(key).key) : keys
  } catch (error) {
    throw new ObjectListError(target, error)
  }
}

export type FirstByte = {
  encryption: string | undefined
  hasBucketKey: boolean
  /** Set if the bucket keeps versions. */
  versionId: string | undefined
}

/**
 * Reads one byte of an object, to check that it may be read and how it is encrypted. An empty object passes too. Rejects
 * with `ObjectFetchError`.
 */
export async function readFirstByte(
  client: S3Client,
  target: { bucket: string; key: string; versionId?: string },
): Promise<FirstByte> {
  const { bucket: Bucket, key: Key, versionId: VersionId } = target
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key, VersionId, Range: 'bytes=0-0' }))
    await answer.Body?.transformToByteArray()
    return {
      encryption: answer.ServerSideEncryption,
      hasBucketKey: answer.BucketKeyEnabled === true,
      versionId: answer.VersionId,
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidRange')
      return { encryption: undefined, hasBucketKey: false, versionId: undefined }
    throw new ObjectFetchError(target, error)
  }
}
