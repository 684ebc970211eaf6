import type { Page } from 'playwright-core'

/** Names of products, protocols and formats, and units, which have no other name in Chinese. */
const names = new Set(
  `Aftercall AWS S3 SQS SNS KMS SDK DNS NTP CPU Postgres JSON CSV SQL CSS HTTP SHA ETag UUID UTC ID Lambda IVR API SMS
  UCaaS App MB kB GB TB MiB KiB test English`.split(/\s+/),
)

/**
 * Latin words that a page shows, or names to screen readers, outside of code, of texts that are marked as English, and of
 * addresses. `data` are names that the documents carry. A word with a digit, a dot, a slash, a colon or an underscore is a key,
 * an id or a code.
 */
export async function findLatin(page: Page, data: RegExp): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const left = 'code, pre, script, style, [lang="en"], [translate="no"], [hreflang], time, [data-zone]'
    const found: string[] = []
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (node.parentElement?.closest(left) === null) found.push(node.nodeValue ?? '')
    for (const element of document.querySelectorAll('[title], [aria-label], [placeholder]'))
      if (element.closest('[lang="en"], time, a[title]') === null)
        for (const name of ['title', 'aria-label', 'placeholder'])
          found.push(element.getAttribute(name)?.replace(/^复制：.*/s, '') ?? '')
    return found
  })
  return texts.flatMap((text) => {
    const known = text.replaceAll(data, ' ').replaceAll(/"[^"]*"/g, ' ')
    const words = known.match(/[\p{Script=Latin}\d][\p{Script=Latin}\d_./:@[\]*$-]*/gu) ?? []
    const unknown = words.filter((word) => /^[\p{Script=Latin}-]{2,}[.:]?$/u.test(word) && !names.has(word))
    return unknown.length === 0 ? [] : [`${unknown.join(' ')} in “${text.trim().slice(0, 120)}”`]
  })
}
