import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { DocumentKeyError } from './document-key-error.ts'
import { addedBytes, decryptBytes, encryptBytes, nonceBytes } from './encrypt-bytes.ts'

export type DataKey = { id: bigint; key: Buffer }

/*
 * Sealed bytes: the version of this form (1 byte), the number of the data key (8 bytes, big-endian), the nonce, the tag, and
 * what AES-256-GCM makes of the compressed content. The name of the content is authenticated with it, so that bytes that are
 * moved to another row are refused. Nonces are random: a data key of one source and month may seal 2^32 contents
 * (NIST SP 800-38D, 8.3), forty times the sessions of a day at a hundred million.
 */
const version = 1
const headBytes = 9

/** The fastest level still makes a document five times smaller. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** Postgres cannot hold more, and the loader takes no larger object. */
const contentBytesMax = 268_435_456

/** What the content is: it is part of the seal. */
export type ContentName = readonly string[]

export function sealBytes({ id, key }: DataKey, name: ContentName, content: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes)
  head[0] = version
  head.writeBigInt64BE(id, 1)
  return encryptBytes(key, aadOf(head, name), zstdCompressSync(content, options), head)
}

export function dataKeyIdOf(sealed: Buffer): bigint {
  if (sealed.byteLength < headBytes + addedBytes || sealed[0] !== version) throw damaged()
  return sealed.readBigInt64BE(1)
}

/** Tells sealed bytes from all others, also from those of the same content. */
export function sealOf(sealed: Buffer): string {
  return sealed.toString('latin1', headBytes, headBytes + nonceBytes)
}

/** @throws DocumentKeyError `sealed_bytes_damaged` for other bytes, another key or another name than they were sealed with */
export function openBytes({ key }: DataKey, name: ContentName, sealed: Buffer): Buffer {
  const head = sealed.subarray(0, headBytes)
  try {
    const compressed = decryptBytes(key, aadOf(head, name), sealed.subarray(headBytes))
    return zstdDecompressSync(compressed, { maxOutputLength: contentBytesMax })
  } catch (error) {
    throw damaged(error)
  }
}

function damaged(cause?: unknown): DocumentKeyError {
  return new DocumentKeyError(
    'sealed_bytes_damaged',
    'the stored bytes are not what was encrypted: the row was changed, or moved',
    cause,
  )
}

function aadOf(head: Uint8Array, name: ContentName): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify(name))])
}
