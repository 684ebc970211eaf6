import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { ObjectFetchError, ObjectListError } from './object-errors.ts'
import { decodeFormKey } from './object-key.ts'

/** A key of the place, to see whether it may be listed; undefined where it holds none. Rejects with `ObjectListError`. */
export async function readFirstKey(
  client: S3Client,
  place: { bucket: string; prefix: string; signal?: AbortSignal },
): Promise<string | undefined> {
  const { bucket, prefix, signal } = place
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    MaxKeys: 1,
    EncodingType: 'url',
  })
  try {
    const { Contents, EncodingType } = await client.send(
      command,
      signal === undefined ? {} : { abortSignal: signal },
    )
    const key = Contents?.[0]?.Key
    return key === undefined || EncodingType !== 'url' ? key : decodeFormKey(key).key
  } catch (error) {
    throw new ObjectListError(place, error)
  }
}

/** One byte of an object, to see whether it may be read, and how it is encrypted. Rejects with `ObjectFetchError`. */
export async function readFirstByte(
  client: S3Client,
  place: { bucket: string; key: string },
): Promise<{ encryption: string | undefined; hasBucketKey: boolean }> {
  try {
    const answer = await client.send(
      new GetObjectCommand({ Bucket: place.bucket, Key: place.key, Range: 'bytes=0-0' }),
    )
    await answer.Body?.transformToByteArray()
    return { encryption: answer.ServerSideEncryption, hasBucketKey: answer.BucketKeyEnabled === true }
  } catch (error) {
    throw new ObjectFetchError(place, error)
  }
}
