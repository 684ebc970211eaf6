/**
 * Where exported files go. Names are relative, with `/`. A file that is put appears whole under its name, in place of an older
 * one, or does not appear: readers never see a part of it.
 */
export type LakePlace = {
  /** As people write it. */
  describe(name: string): string
  /** A folder on this machine for a file that is not whole yet. */
  spoolFolder(): Promise<string>
  /** Moves or copies a file of the spool folder to its name. */
  putFile(name: string, spooled: string): Promise<void>
  putText(name: string, text: string): Promise<void>
  /** Undefined if there is none of that name. */
  readText(name: string): Promise<string | undefined>
  /** One that does not exist is no error. */
  remove(name: string): Promise<void>
  /** Removes the spool folder. */
  close(): Promise<void>
}

/** A file could not be written, read or removed at the place of an export. The day that it belongs to is as it was, or whole. */
export class LakePlaceError extends Error {
  override readonly name = 'LakePlaceError'
  readonly code = 'export_place_failed'
  readonly retryable = true
  constructor(place: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`cannot write to ${place}: ${reason}. The day is as it was, or whole; run the same export again.`, {
      cause,
    })
  }
}
