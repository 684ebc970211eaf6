/** What a check found. `problem`: something will lose or block data; `notice`: worth a look. */
export type CheckResult = {
  check: string
  level: 'ok' | 'notice' | 'problem'
  detail: string
  /** What to do; there whenever there is something to do. */
  fix?: string
  /** To be typed as it is. */
  command?: string
}
