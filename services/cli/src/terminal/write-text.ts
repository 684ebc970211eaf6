import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes, and waits while the reader is slower than the writer, so that a long output is not held in memory. */
export async function writeText(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}
