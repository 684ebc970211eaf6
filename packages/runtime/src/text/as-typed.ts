/** How the program was started: from a checkout, its command is not on the PATH. */
export type ProgramName = 'aftercall' | 'npx aftercall'

/** Replaces commands in the text (`aftercall migrate`) by what the user must type here (`npx aftercall migrate`). */
export function asTyped(text: string, program: ProgramName): string {
  return text.replaceAll(/(?<![\w/-]|npx )aftercall (?=[a-z]|--)/g, `${program} `)
}
