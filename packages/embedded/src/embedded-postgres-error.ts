export type EmbeddedPostgresErrorCode =
  /** No binaries for this platform, or they do not run on it. */
  | 'no-binaries'
  /** The server's user cannot enter a folder it needs. */
  | 'unreachable-folder'
  /** The folder contains something that is not a cluster of ours. */
  | 'not-a-cluster'
  | 'other-major'
  | 'init-failed'
  | 'in-use'
  | 'port-taken'
  | 'start-failed'

/** A failure of the embedded Postgres. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
  readonly code: EmbeddedPostgresErrorCode

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whether an error of the operating system has one of these codes (`ENOENT`, ...). */
export function hasErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
