import type { TransferFlow } from '@aftercall/warehouse/console/analytics-charts'
import { sankey, sankeyLinkHorizontal } from 'd3-sankey'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from '../views/html.ts'

type Node = { id: string; name: string; isFrom: boolean }
type Link = { source: string; target: string; value: number }

const width = 720
const rowHeight = 34
const labelMax = 34

/** Transfers from the queues on the left to what they went to on the right; a queue may be on both sides. */
export function TransferSankey({ rows }: { rows: readonly TransferFlow[] }): View {
  const { analytics: words, formats } = useTexts()
  const from = [...new Set(rows.map((row) => row.from))]
  const to = [...new Set(rows.map((row) => row.to))]
  const height = Math.max(120, Math.max(from.length, to.length) * rowHeight)
  const layout = sankey<Node, Link>()
    .nodeId(({ id }) => id)
    .nodeWidth(10)
    .nodePadding(14)
    .extent([
      [1, 6],
      [width - 1, height - 6],
    ])
  const { nodes, links } = layout({
    nodes: [
      ...from.map((name) => ({ id: `from ${name}`, name, isFrom: true })),
      ...to.map((name) => ({ id: `to ${name}`, name, isFrom: false })),
    ],
    links: rows.map((row) => ({ source: `from ${row.from}`, target: `to ${row.to}`, value: row.transfers })),
  })
  const path = sankeyLinkHorizontal<Node, Link>()
  return html`
    <svg class="analytics-drawing" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${words.transfersLabel}>
      ${links.map(
        (link, index) => html`
          <path class="flow" d=${path(link) ?? ''} stroke-width=${Math.max(1, link.width ?? 1).toFixed(1)}>
            <title>${titleOf(rows[index], words)}</title>
          </path>
        `,
      )}
      ${nodes.map(({ name, isFrom, x0 = 0, x1 = 0, y0 = 0, y1 = 0, value = 0 }) => {
        const text = name.length > labelMax ? `…${name.slice(1 - labelMax)}` : name
        return html`
          <g>
            <title>${words.transfersOf(name, value)}</title>
            <rect class="node" x=${x0} y=${y0} width=${x1 - x0} height=${Math.max(1, y1 - y0)} />
            <text x=${isFrom ? x1 + 6 : x0 - 6} y=${(y0 + y1) / 2 + 4} text-anchor=${isFrom ? 'start' : 'end'}>${`${text} ${formats.number(value)}`}</text>
          </g>
        `
      })}
    </svg>
  `
}

function titleOf(row: TransferFlow | undefined, words: Texts['analytics']): string {
  return row === undefined ? '' : words.transfersOf(words.fromTo(row.from, row.to), row.transfers)
}
