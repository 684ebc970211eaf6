import { type DocumentOf, nameOfDocument, nameOfOriginal } from '../sealing/content-names.ts'
import { textOfContent } from './named-in-content.ts'
import type { CountingOpener } from './unreadable.ts'

/**
 * Puts what a row of `session_document` or `session_collision` holds encrypted in its plain columns, and original bytes as text,
 * for a person to read. What cannot be opened stays null, and is counted.
 */
export async function openRow(
  row: Record<string, unknown>,
  { source, channel, sessionId }: Omit<DocumentOf, 'contentSha256'>,
  opener: CountingOpener,
): Promise<void> {
  const contentSha256 = bytesOf(row.content_sha256)?.toString('hex') ?? ''
  const of = { source, channel, sessionId, contentSha256 }
  const [document, original] = [bytesOf(row.sealed_document), bytesOf(row.sealed_original)]
  const opened = document && (await opener.open(document, nameOfDocument(of)))
  if (opened !== undefined) row.document = JSON.parse(opened.toString())
  const bytes = original ? await opener.open(original, nameOfOriginal(of)) : bytesOf(row.original_content)
  if (bytes !== undefined) row.original_content = textOfContent(bytes)
  delete row.sealed_document
  delete row.sealed_original
}

/** As Postgres writes bytes in JSON. */
function bytesOf(value: unknown): Buffer | undefined {
  return typeof value === 'string' && value.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : undefined
}
