import { Readable } from 'node:stream'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { errorClassOf, httpStatusOf } from '../../aws/error-class.ts'
import { ObjectFetchError } from '../../objects/object-errors.ts'
import { readBody } from '../../objects/read-body.ts'
import { InventoryError } from './inventory-error.ts'
import type { Inventory, InventoryFile } from './open-inventory.ts'

export type InventoryFileSource = {
  client: S3Client
  inventory: Inventory
  file: InventoryFile
  signal: AbortSignal | undefined
}

/**
 * The bytes of a file from `start` up to, not including, `end`. Inventory files are read in pieces, because loading the
 * objects of a page takes longer than S3 and our client keep an idle connection open.
 *
 * Rejects with `InventoryError` if the file is gone or its size does not match the manifest, otherwise with
 * `ObjectFetchError`.
 */
export async function readFileRange(
  source: InventoryFileSource,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const { client, inventory, file, signal } = source
  const address = { bucket: inventory.destinationBucket, key: file.key }
  try {
    const answer = await client.send(
      new GetObjectCommand({ Bucket: address.bucket, Key: address.key, Range: `bytes=${start}-${end - 1}` }),
      signal === undefined ? {} : { abortSignal: signal },
    )
    if (!(answer.Body instanceof Readable)) throw unreadable(address, 'the answer has no body')
    const fileBytes = Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength)
    if (fileBytes !== file.sizeBytes) {
      answer.Body.on('error', () => {}).destroy()
      throw changed(source)
    }
    const bytesMax = end - start
    const read = await readBody(answer.Body, { bytesMax, bytesDeclared: answer.ContentLength, signal })
    if (read.kind === 'read' && read.bytes.byteLength === bytesMax) return read.bytes
    throw unreadable(address, 'the answer is not the requested range of bytes')
  } catch (error) {
    if (error instanceof ObjectFetchError || error instanceof InventoryError) throw error
    if (signal?.aborted) throw new ObjectFetchError(address, error, errorClassOf('aborted'))
    if (error instanceof Error && error.name === 'NoSuchKey') throw missing(source, error)
    if (httpStatusOf(error) === 416) throw changed(source, error)
    throw new ObjectFetchError(address, error)
  }
}

export function urlOfFile({ inventory, file }: InventoryFileSource): string {
  return `s3://${inventory.destinationBucket}/${file.key}`
}

function unreadable(address: { bucket: string; key: string }, reason: string): ObjectFetchError {
  return new ObjectFetchError(address, new Error(reason), errorClassOf('unreadable_answer'))
}

function changed(source: InventoryFileSource, cause?: unknown): InventoryError {
  return new InventoryError(
    'file_changed',
    { url: urlOfFile(source) },
    `its size is not the ${source.file.sizeBytes} bytes that the manifest says; choose another report`,
    cause,
  )
}

function missing(source: InventoryFileSource, cause: unknown): InventoryError {
  return new InventoryError(
    'file_missing',
    { url: urlOfFile(source) },
    'it is in the manifest, but does not exist (deleted by a lifecycle rule, or not copied); choose another report',
    cause,
  )
}
