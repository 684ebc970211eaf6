import { createHash } from 'node:crypto'
import { addAbortSignal, type Readable } from 'node:stream'
import type { FetchedObject } from '@aftercall/storage/objects/fetch-object'

/** Standard input as an object named after its content, so piping the same content twice gives one object. */
export type PipedObject = { key: string; fetched: FetchedObject }

/** Keeps at most `bytesMax` in memory. Rejects with an `AbortError` when the signal fires first. */
export async function readStdin(
  stdin: Readable,
  bytesMax: number,
  signal: AbortSignal,
): Promise<PipedObject> {
  const digest = createHash('sha256')
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  // No encoding is set, so the chunks are bytes.
  for await (const bytes of addAbortSignal(signal, stdin) as AsyncIterable<Uint8Array>) {
    digest.update(bytes)
    sizeBytes += bytes.byteLength
    if (sizeBytes <= bytesMax) chunks.push(bytes)
    else chunks.length = 0
  }
  const etag = digest.digest('hex')
  const key = `stdin/${etag}`
  if (sizeBytes > bytesMax) return { key, fetched: { kind: 'too-large', sizeBytes } }
  const found = { bytes: Buffer.concat(chunks), sizeBytes, lastModified: new Date(), etag, key }
  return { key, fetched: { kind: 'found', ...found, foundAs: 'announced' } }
}
