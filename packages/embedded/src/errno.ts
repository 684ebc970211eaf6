/** Whether an error of the operating system carries one of these codes (`ENOENT`, ...). */
export function hasErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
