import { z } from 'zod'

const keyAdvice =
  'must be 32 bytes in base64 (make them with: openssl rand -base64 32), or file: and the path of a file with them'

/** The key `encryption`: raw documents and the bytes of rejections are stored encrypted if it has a key. */
export const encryptionSchema = z.strictObject({
  /** The first encrypts what is new; the others are kept to read what they have encrypted. */
  keys: z
    .array(
      z.strictObject({
        /** Stored beside what the key encrypts, so it never changes. */
        id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must have 1 to 64 letters, digits, and . _ -'),
        /** A secret, so it is never part of a message. */
        key: z.string().refine((text) => isKey(text) || /^file:./.test(text), keyAdvice),
      }),
    )
    .max(100)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'must have ids that differ')
    .default([]),
})

function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text)
}
