import { html, type View, type Views } from '../views/html.ts'
import { Typed } from '../views/program.ts'
import { Table } from '../views/table.ts'
import { type Block, readBlocks } from './read-blocks.ts'

/** A page of docs without its title. Links within the page work; other pages are not served, so only their names are shown. */
export function MarkdownPage({ text }: { text: string }): View {
  const blocks = readBlocks(text).filter((block) => block.kind !== 'heading' || block.level > 1)
  return html`<div class="markdown">${blocks.map((block) => html`<${BlockView} block=${block} />`)}</div>`
}

function BlockView({ block }: { block: Block }): View {
  switch (block.kind) {
    case 'heading':
      return block.level === 2
        ? html`<h2 id=${block.anchor}>${inline(block.text)}</h2>`
        : html`<h3 id=${block.anchor}>${inline(block.text)}</h3>`
    case 'paragraph':
      return html`<p>${inline(block.text)}</p>`
    case 'code':
      return html`<pre tabindex="0">${block.text.split('\n').map((line, index) => html`<span>${index === 0 ? null : html`<br />`}<${Typed} text=${line} /></span>`)}</pre>`
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${inline(item)}</li>`)}</ul>`
    case 'table':
      return html`
        <${Table}
          caption=${html`<span class="unseen">${block.head.join(', ')}</span>`}
          columns=${block.head.map((name) => name.replaceAll('`', ''))}
          rows=${block.rows.map((cells): Views[] => cells.map(inline))}
        />
      `
  }
}

/** Code, bold text, and links. */
const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g

function inline(text: string): Views {
  const parts: Views[] = []
  let from = 0
  for (const found of text.matchAll(marks)) {
    const [whole, code, bold, name, target = ''] = found
    parts.push(text.slice(from, found.index))
    from = found.index + whole.length
    if (code !== undefined) parts.push(html`<code><${Typed} text=${code} /></code>`)
    else if (bold !== undefined) parts.push(html`<strong>${inline(bold)}</strong>`)
    else if (target.startsWith('#') || target.startsWith('https:'))
      parts.push(html`<a href=${target}>${inline(name ?? '')}</a>`)
    else parts.push(html`<span>${inline(name ?? '')}</span>`)
  }
  return [...parts, text.slice(from)]
}
