import { readPage } from '../list-pages.ts'

export type Step = {
  title: string
  commands: string[]
  /** What the last of the commands must print; `…` stands for any text. */
  prints: string
}

/** The steps of a page: a section each, with commands in indented lines and what they print between fences. */
export function readQuickstart(page: string): Step[] {
  const sections = readPage(page).split(/^## /m).slice(1)
  return sections.flatMap((section) => {
    const [title = ''] = section.split('\n')
    if (!/^\d+\. /.test(title)) return []
    const commands = [...section.matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command)
    const [, prints = ''] = /^```text\n([\s\S]*?)^```$/m.exec(section) ?? []
    // What stands between fences is indented too.
    return [{ title, commands: commands.filter((command) => !prints.includes(`    ${command}`)), prints }]
  })
}

/** Whether a text is what a page says; `…` stands for any text. */
export function isAsPrinted(prints: string, text: string): boolean {
  const pattern = prints
    .trimEnd()
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*')
  return new RegExp(`^${pattern}$`).test(text.trimEnd())
}
