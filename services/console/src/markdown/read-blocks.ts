/** A part of a page in Markdown, as far as our own pages use it. */
export type Block =
  | { kind: 'heading'; level: number; text: string; anchor: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] }

/** Reads the blocks of a page: headings, paragraphs, lists, tables, and code that is indented by four spaces. */
export function readBlocks(page: string): Block[] {
  const blocks: Block[] = []
  for (const lines of splitAtEmptyLines(page)) {
    const block = readBlock(lines)
    const last = blocks.at(-1)
    // An empty line within code does not end it.
    if (block.kind === 'code' && last?.kind === 'code') last.text += `\n\n${block.text}`
    else blocks.push(block)
  }
  return blocks
}

/** As GitHub makes them of headings. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function splitAtEmptyLines(page: string): string[][] {
  return page
    .split(/\n\s*\n/)
    .map((text) => text.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0)
}

function readBlock(lines: string[]): Block {
  const [first = ''] = lines
  const [, marks = '', title = ''] = /^(#+) (.+)$/.exec(first) ?? []
  if (title !== '') return { kind: 'heading', level: marks.length, text: title, anchor: anchorOf(title) }
  if (lines.every((line) => line.startsWith('    ')))
    return { kind: 'code', text: lines.map((line) => line.slice(4)).join('\n') }
  if (first.startsWith('|')) {
    const [head = [], , ...rows] = lines.map(cellsOf)
    return { kind: 'table', head, rows }
  }
  if (/^(?:-|\d+\.) /.test(first)) return { kind: 'list', items: itemsOf(lines) }
  return { kind: 'paragraph', text: lines.map((line) => line.trim()).join(' ') }
}

/** A bar within code is escaped. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** The lines of an item after its first are indented. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = []
  for (const line of lines) {
    const text = line.trim()
    if (/^(?:-|\d+\.) /.test(line)) items.push(text.replace(/^(?:-|\d+\.) /, ''))
    else items.push(`${items.pop() ?? ''} ${text}`.trim())
  }
  return items
}
