export type DocumentKeyCode =
  | 'document_key_unreadable'
  | 'document_key_missing'
  | 'document_key_wrong'
  | 'data_key_missing'
  | 'sealed_bytes_damaged'

/** Something cannot be encrypted, or cannot be read because of its key. The message names keys by their ids. */
export class DocumentKeyError extends Error {
  override readonly name = 'DocumentKeyError'
  readonly code: DocumentKeyCode
  readonly retryable = false
  constructor(code: DocumentKeyCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
