/** Only the owner may read and change all that is stored. */
export class NotOwnerError extends Error {
  override readonly name = 'NotOwnerError'
  readonly code = 'not_owner'
  readonly retryable = false
  constructor(login: string) {
    super(
      `"${login}" does not own the tables: this command is for the login that migrates, a member of aftercall_owner (docs/access.md)`,
    )
  }
}
