/** Addresses of pages that take something: keys and codes may hold anything. */
export function rejectionGroupPath(code: string, query: { state?: string; after?: string } = {}): string {
  const text = new URLSearchParams(query).toString()
  return `/rejections/${encodeURIComponent(code)}${text === '' ? '' : `?${text}`}`
}

export function rejectionPath(id: string): string {
  return `/rejections/${encodeURIComponent(id)}`
}

/** `of`: an s3:// address, or SOURCE/call/ID. */
export function storyPath(of: string): string {
  return `/story?of=${encodeURIComponent(of)}`
}
