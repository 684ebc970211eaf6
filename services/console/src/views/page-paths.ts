import type { RejectionRow } from '@aftercall/warehouse/ledger/read-rejections'

/** Paths of pages with parameters; keys and codes can contain anything. */
export function rejectionGroupPath(code: string, query: { state?: string; after?: string } = {}): string {
  const text = new URLSearchParams(query).toString()
  return `/rejections/${encodeURIComponent(code)}${text === '' ? '' : `?${text}`}`
}

export function rejectionPath(id: string): string {
  return `/rejections/${encodeURIComponent(id)}`
}

/** `of`: an s3:// address, or SOURCE/call/ID. */
export function historyPath(of: string): string {
  return `/history?of=${encodeURIComponent(of)}`
}

/** What was rejected: an object by its address, or a message that names none. */
export function rejectedPlace({ bucket, objectKey, messageId }: RejectionRow): string {
  if (bucket !== null) return `s3://${bucket}/${objectKey ?? ''}`
  return messageId === null ? 'a message without an id' : `message ${messageId}`
}
