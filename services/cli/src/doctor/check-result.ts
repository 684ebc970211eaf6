/** What a check found. `problem`: it loses or blocks data. `notice`: worth a look. */
export type CheckResult = {
  check: string
  level: 'ok' | 'notice' | 'problem'
  detail: string
  /** What to do, if there is something to do. */
  fix?: string
  /** A command to run as it is. */
  command?: string
}
