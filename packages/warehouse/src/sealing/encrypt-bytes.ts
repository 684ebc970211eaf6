import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Random, so no two encrypted bytes begin alike. */
export const nonceBytes = 12
const tagBytes = 16

/** How much longer encrypted bytes are. */
export const addedBytes = nonceBytes + tagBytes

/**
 * AES-256-GCM with a random nonce: the nonce, the tag, and the encrypted bytes, after `head`. `name` is authenticated with
 * them, so that they are refused under another one.
 */
export function encryptBytes(
  key: Buffer,
  name: Uint8Array,
  plain: Uint8Array,
  head: Uint8Array = Buffer.alloc(0),
): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(name)
  const encrypted = cipher.update(plain)
  const rest = cipher.final()
  return Buffer.concat([head, nonce, cipher.getAuthTag(), encrypted, rest])
}

/** Without the head. Throws for other bytes, another key or another name than they were encrypted with. */
export function decryptBytes(key: Buffer, name: Uint8Array, encrypted: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, nonceBytes))
  cipher.setAAD(name).setAuthTag(encrypted.subarray(nonceBytes, addedBytes))
  return Buffer.concat([cipher.update(encrypted.subarray(addedBytes)), cipher.final()])
}
