import { constants, gunzipSync } from 'node:zlib'
import { type ErasedValue, normalContact } from '@aftercall/metadata/erasure/erasure-digest'

/** Bytes that hold more than this are no session file that someone broke. */
const valuesMax = 20_000
const unzippedBytesMax = 67_108_864

const contactForm = /[^\s"'<>,;:@]{1,64}@[^\s"'<>,;:@]{1,190}|\+?\d[\d\s().\-/]{5,24}\d/g
const consumerForm =
  /"end_user"\s*:\s*\{[^{}]{0,500}?"id"\s*:\s*"?(\d{1,18})|"end_user_id"\s*:\s*"?(\d{1,18})/g

/**
 * Consumers and contacts in bytes that are no document, by their look: all that may be one counts, because only those that were
 * erased are asked for. In one pass, with a bound.
 */
export function namedInContent(source: string, content: Uint8Array): ErasedValue[] {
  const text = textOfContent(content)
  const named = new Map<string, ErasedValue>()
  const add = (kind: 'contact' | 'customer', value: string | undefined) => {
    if (value !== undefined && named.size < valuesMax) named.set(`${kind}/${value}`, { kind, source, value })
  }
  for (const [found] of text.matchAll(contactForm)) {
    add('contact', normalContact(found))
    if (!/[+@]/.test(found)) add('contact', normalContact(`+${found}`))
  }
  for (const [, one, other] of text.matchAll(consumerForm)) add('customer', one ?? other)
  return [...named.values()]
}

/** As text, also where it is compressed and cut. */
export function textOfContent(content: Uint8Array): string {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8')
  try {
    const options = { maxOutputLength: unzippedBytesMax, finishFlush: constants.Z_SYNC_FLUSH }
    return gunzipSync(bytes, options).toString('utf8')
  } catch {
    return bytes.toString('latin1')
  }
}
