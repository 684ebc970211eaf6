import { userInfo } from 'node:os'

/** The name of the user that runs this process; its number in a container where it has no name. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
