/** The text of a session metadata file as the platform writes it: two spaces, UTF-8, no newline at the end. */
export function writeDocument(document: Record<string, unknown>): string {
  return JSON.stringify(document, null, 2)
}
