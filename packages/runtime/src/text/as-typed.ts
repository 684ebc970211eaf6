/** How this program was started: from a checkout its command is not on the PATH. */
export type ProgramName = 'aftercall' | 'npx aftercall'

/** The text with its commands (`aftercall migrate`) as they have to be typed here (`npx aftercall migrate`). */
export function asTyped(text: string, program: ProgramName): string {
  return text.replaceAll(/(?<![\w/-]|npx )aftercall (?=[a-z])/g, `${program} `)
}
