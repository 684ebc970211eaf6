import { expect, test } from 'vitest'
import { html, renderDocument } from '../views/html.ts'
import { MarkdownPage } from './markdown-page.ts'
import { readBlocks } from './read-blocks.ts'

const page = `# Title

A paragraph of
two lines with \`code | bar\` and **bold \`x\`**.

## A \`heading\`, with code

    aftercall doctor
      indented

    second part

- one
  and more
- two

| a | b |
|---|---|
| \`x \\| y\` | [link](#a-heading-with-code) |
`

test('a page is read into headings, paragraphs, code, lists, and tables', () => {
  expect(readBlocks(page)).toEqual([
    { kind: 'heading', level: 1, text: 'Title', anchor: 'title' },
    { kind: 'paragraph', text: 'A paragraph of two lines with `code | bar` and **bold `x`**.' },
    { kind: 'heading', level: 2, text: 'A `heading`, with code', anchor: 'a-heading-with-code' },
    { kind: 'code', text: 'aftercall doctor\n  indented\n\nsecond part' },
    { kind: 'list', items: ['one and more', 'two'] },
    { kind: 'table', head: ['a', 'b'], rows: [['`x | y`', '[link](#a-heading-with-code)']] },
  ])
})

test('links within the page work, others are text, and no mark is left', () => {
  const text = `${page}\nSee [codes](failure-codes.md) and [RFC](https://example.com/a).`
  const shown = renderDocument(html`<${MarkdownPage} text=${text} />`)
  expect(shown).toContain('<a href="#a-heading-with-code">link</a>')
  expect(shown).toContain('<a href="https://example.com/a">RFC</a>')
  expect(shown).toContain('<span>codes</span>')
  expect(shown).toContain('<strong>bold <code>x</code></strong>')
  expect(shown).not.toMatch(/\*\*|`|\]\(/)
})
