import { hash, type KeyObject } from 'node:crypto'

/** HMAC-SHA-256 of a text, in hex. */
export type KeyedHash = (text: string) => string

const blockBytes = 64
const digestBytes = 32
/** Longer texts get a buffer of their own. */
const textBytesMax = 512

/**
 * HMAC-SHA-256 by its definition (RFC 2104): two hashes over blocks that are made once for each key. Node's own takes five
 * times as long, because it makes an object for each text, and every session has two.
 */
export function keyedHash(key: KeyObject): KeyedHash {
  const known = hashes.get(key)
  if (known !== undefined) return known
  const made = makeHash(blockOf(key))
  hashes.set(key, made)
  return made
}

const hashes = new WeakMap<KeyObject, KeyedHash>()

function makeHash(block: Uint8Array): KeyedHash {
  const inner = Buffer.alloc(blockBytes + textBytesMax)
  const outer = Buffer.alloc(blockBytes + digestBytes)
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  const innerBlock = inner.subarray(0, blockBytes)
  return (text) => {
    const bytes = Buffer.byteLength(text)
    const message =
      bytes > textBytesMax
        ? Buffer.concat([innerBlock, Buffer.from(text)])
        : inner.subarray(0, blockBytes + inner.write(text, blockBytes))
    // Text between the two, because a buffer for each digest costs more than its hash.
    outer.write(hash('sha256', message, 'hex'), blockBytes, 'hex')
    return hash('sha256', outer)
  }
}

/** A key of more than one block is hashed first. */
function blockOf(key: KeyObject): Uint8Array {
  const secret = key.export()
  const block = Buffer.alloc(blockBytes)
  const fitted = secret.byteLength > blockBytes ? hash('sha256', secret, 'buffer') : secret
  fitted.copy(block)
  return block
}
