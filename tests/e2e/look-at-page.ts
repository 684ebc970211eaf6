import type { Page } from 'playwright-core'

/** What keeps people from reading or using the page that is shown; a sentence each. */
export async function lookAtPage(page: Page): Promise<string[]> {
  return [
    ...(await findOverflow(page)),
    ...(await findPoorContrast(page)),
    ...(await findUnnamed(page)),
    ...(await findMisplacedHeadings(page)),
  ]
}

export async function findOverflow(page: Page): Promise<string[]> {
  const beyond = await page.locator('html').evaluate((root) => root.scrollWidth - window.innerWidth)
  if (beyond <= 0) return []
  const widest = await page.locator('body *').evaluateAll((elements) => {
    const isCut = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== 'visible' || isCut(element.parentElement))
    const seen = elements.filter((element) => element.checkVisibility() && !isCut(element.parentElement))
    const ends = seen.map((element) => element.getBoundingClientRect().right)
    return seen[ends.indexOf(Math.max(...ends))]?.outerHTML.slice(0, 200)
  })
  return [`is ${beyond} pixels wider than the window: ${widest}`]
}

/** https://www.w3.org/TR/WCAG22/#contrast-minimum */
async function findPoorContrast(page: Page): Promise<string[]> {
  const texts = await page.locator('body *').evaluateAll((elements) =>
    elements.flatMap((element) => {
      const text = [...element.childNodes].find(
        (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim() !== '',
      )
      if (text === undefined || element.closest('svg') !== null || !element.checkVisibility()) return []
      const grounds: string[] = []
      for (let one: Element | null = element; one !== null; one = one.parentElement)
        grounds.push(getComputedStyle(one).backgroundColor)
      const { color, fontSize, fontWeight } = getComputedStyle(element)
      return [{ text: (text.nodeValue ?? '').trim().slice(0, 40), color, grounds, fontSize, fontWeight }]
    }),
  )
  if (texts.length < 10) return ['has hardly any text to look at']
  return texts.flatMap(({ text, color, grounds, fontSize, fontWeight }) => {
    const ground = grounds.find((one) => readColor(one).alpha === 1) ?? 'rgb(255, 255, 255)'
    const isLarge = Number.parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24)
    const contrast = contrastOf(readColor(color).rgb, readColor(ground).rgb)
    return contrast >= (isLarge ? 3 : 4.5) ? [] : [`“${text}” has a contrast of ${contrast.toFixed(2)}`]
  })
}

function readColor(text: string): { rgb: number[]; alpha: number } {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
  return { rgb: [red, green, blue], alpha }
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrastOf(one: readonly number[], other: readonly number[]): number {
  const [brighter = 1, darker = 1] = [one, other].map(luminanceOf).sort((a, b) => b - a)
  return (brighter + 0.05) / (darker + 0.05)
}

function luminanceOf(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((eightBits) => {
    const part = eightBits / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

async function findUnnamed(page: Page): Promise<string[]> {
  const unnamed = await page.locator('button, a, table, nav, progress, figure').evaluateAll((elements) =>
    elements
      .filter((element) => {
        const own = element.localName === 'table' ? element.querySelector('caption') : element
        return !element.getAttribute('aria-label') && !own?.textContent?.trim()
      })
      .map((element) => element.outerHTML.slice(0, 80)),
  )
  const unlabelled = await page
    // A hidden input is for the form alone.
    .locator('input:not([type="hidden"])')
    .evaluateAll((elements) =>
      elements.flatMap((element) =>
        element instanceof HTMLInputElement && !element.labels?.length ? [element.name] : [],
      ),
    )
  const heads = await page.locator('th:not([scope])').count()
  const ids = await page.locator('[id]').evaluateAll((elements) => elements.map((element) => element.id))
  return [
    ...unnamed.map((element) => `nothing names ${element}`),
    ...unlabelled.map((name) => `the input ${name} has no label`),
    ...(heads > 0 ? [`${heads} heads of a table have no scope`] : []),
    ...(new Set(ids).size < ids.length ? ['an id is there twice'] : []),
  ]
}

/** One h1, and no level left out. */
async function findMisplacedHeadings(page: Page): Promise<string[]> {
  const levels = await page
    .locator('h1, h2, h3, h4')
    .evaluateAll((elements) => elements.map((element) => Number(element.localName.slice(1))))
  const jumps = levels.some((level, index) => level > (levels[index - 1] ?? 0) + 1)
  const isRight = !jumps && levels.filter((level) => level === 1).length === 1
  return isRight ? [] : [`its headings are of the levels ${levels.join(', ')}`]
}
