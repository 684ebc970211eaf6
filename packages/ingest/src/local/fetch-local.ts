import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errorClassOf } from '@aftercall/storage/aws/error-class'
import type { FetchedObject } from '@aftercall/storage/objects/fetch-object'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { Source } from '../sources/find-source.ts'
import { errnoOf, etagOf, versionOf } from './local-file.ts'

/** The file was written to while it was read, so the bytes may mix the old content and the new. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError'
  readonly code = 'file_changed'
  readonly retryable = true
  constructor() {
    super('the file was written to while it was read')
  }
}

type Place = { bucket: string; key: string }

const readsMax = 3

/**
 * Reads a file whole, as if it were an object whose key is its path. Never follows a link or waits for a pipe, even if one has
 * replaced the file in the meantime. Rejects with `ObjectFetchError`.
 */
export async function fetchLocal(
  source: Pick<Source, 'name'>,
  place: Place,
  bytesMax: number,
): Promise<FetchedObject> {
  for (let read = 1; ; read += 1) {
    const answer = await readOnce(source, place, bytesMax)
    if (answer !== 'changed') return answer
    if (read === readsMax) throw new ObjectFetchError(place, new FileChangedError(), errorClassOf('body_cut'))
  }
}

async function readOnce(
  source: Pick<Source, 'name'>,
  place: Place,
  bytesMax: number,
): Promise<FetchedObject | 'changed'> {
  let file: FileHandle | undefined
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    file = await open(place.key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    return await readOpen(file, source, place, bytesMax)
  } catch (error) {
    const code = errnoOf(error)
    if (goneCodes.has(code)) return { kind: 'missing' }
    throw new ObjectFetchError(
      place,
      error,
      errorClassOf(deniedCodes.has(code) ? 'access_denied' : 'unknown'),
    )
  } finally {
    await file?.close()
  }
}

/** ELOOP: it is a link now. ENXIO: it is a socket now. */
const goneCodes = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'])
const deniedCodes = new Set(['EACCES', 'EPERM'])

async function readOpen(
  file: FileHandle,
  source: Pick<Source, 'name'>,
  { key }: Place,
  bytesMax: number,
): Promise<FetchedObject | 'changed'> {
  const before = await file.stat({ bigint: true })
  if (!before.isFile()) return { kind: 'missing' }
  const sizeBytes = Number(before.size)
  if (sizeBytes > bytesMax) return { kind: 'too-large', sizeBytes }
  const bytes = await readUpTo(file, sizeBytes + 1)
  const version = versionOf(before)
  if (bytes.byteLength !== sizeBytes || versionOf(await file.stat({ bigint: true })) !== version)
    return 'changed'
  return {
    kind: 'found',
    bytes,
    sizeBytes,
    lastModified: new Date(Number(before.mtimeNs / 1_000_000n)),
    etag: etagOf(source, version),
    key,
    foundAs: 'announced',
  }
}

/** One byte more than the file's size shows that the file has grown. */
async function readUpTo(file: FileHandle, bytesMax: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(bytesMax)
  let length = 0
  while (length < bytesMax) {
    const { bytesRead } = await file.read(buffer, length, bytesMax - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
