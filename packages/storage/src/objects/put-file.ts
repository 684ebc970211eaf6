import { type FileHandle, open } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { putObject } from './fetch-object.ts'
import { ObjectPutError } from './object-errors.ts'

type Address = { bucket: string; key: string }

/** Held in memory at a time. Larger files are sent in pieces of this size, at most 10,000 of them. */
export const pieceBytes = 8 * 1024 * 1024
const piecesMax = 10_000

/**
 * Writes a local file as one object: readers see the old object or the whole new one, never a part. A file above
 * `pieceBytes` goes as a multipart upload (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html), which
 * becomes the object when it is completed; if the process dies before, a lifecycle rule should remove the pieces. Rejects
 * with `ObjectPutError`.
 */
export async function putFile(client: S3Client, address: Address, path: string): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size <= pieceBytes) await putObject(client, { ...address, bytes: await readPiece(file, 0, size) })
    else await putPieces(client, address, file, size)
  } finally {
    await file.close()
  }
}

/** Removes an object; one that does not exist is no error. Rejects with `ObjectPutError`. */
export async function removeObject(client: S3Client, { bucket, key }: Address): Promise<void> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  } catch (error) {
    throw new ObjectPutError({ bucket, key }, error)
  }
}

async function putPieces(client: S3Client, address: Address, file: FileHandle, size: number): Promise<void> {
  const place = { Bucket: address.bucket, Key: address.key }
  try {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place))
    try {
      const Parts = await sendPieces(client, { ...place, UploadId }, file, size)
      await client.send(
        new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }),
      )
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => {
        // The pieces remain; what matters is why the upload failed.
      })
      throw error
    }
  } catch (error) {
    throw new ObjectPutError(address, error)
  }
}

async function sendPieces(
  client: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string | undefined },
  file: FileHandle,
  size: number,
): Promise<CompletedPart[]> {
  const bytes = Math.max(pieceBytes, Math.ceil(size / piecesMax))
  const parts: CompletedPart[] = []
  for (let start = 0; start < size; start += bytes) {
    const PartNumber = parts.length + 1
    const Body = await readPiece(file, start, Math.min(bytes, size - start))
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
    parts.push({ PartNumber, ETag })
  }
  return parts
}

/** A buffer and no stream, so that the SDK can send it again. */
async function readPiece(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, start)
  return bytesRead === length ? bytes : bytes.subarray(0, bytesRead)
}
