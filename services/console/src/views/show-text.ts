import { hasHidden, visibleParts, visibleText } from '@aftercall/runtime/text/visible-text'
import { type ComponentChildren, h } from 'preact'

/** Where a value is in a template: between tags, in an attribute that browsers show as text, or in another attribute. */
export type TextPlace = 'text' | 'label' | 'attribute'

const placesOf = new WeakMap<TemplateStringsArray, TextPlace[]>()

/**
 * The values of a template as they are shown: invisible characters are written out in a span, and text that could change the
 * direction of its surroundings is in a `bdi`. URLs and the values of form fields stay as they are.
 */
export function showValues(strings: TemplateStringsArray, values: readonly unknown[]): unknown[] {
  let places = placesOf.get(strings)
  if (places === undefined) {
    places = readPlaces(strings)
    placesOf.set(strings, places)
  }
  return values.map((value, at) => showIn(places[at] ?? 'text', value))
}

/** Decided by the text before each value: the name of a label, or a tag that is still open. */
function readPlaces(strings: readonly string[]): TextPlace[] {
  let before = ''
  return strings.slice(0, -1).map((text) => {
    before += text
    if (/(?:\s(?:title|aria-label|data-name)=|<title>)$/.test(before)) return 'label'
    return before.lastIndexOf('<') > before.lastIndexOf('>') ? 'attribute' : 'text'
  })
}

function showIn(place: TextPlace, value: unknown): unknown {
  if (place === 'text') return showText(value)
  return place === 'label' && typeof value === 'string' ? visibleText(value) : value
}

/** Letters of right-to-left scripts. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

function showText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showText)
  if (typeof value !== 'string') return value
  if (!hasHidden(value)) return rightToLeft.test(value) ? h('bdi', null, value) : value
  const parts = visibleParts(value).map(
    ({ text, isHidden }): ComponentChildren =>
      isHidden ? h('span', { class: 'hidden-character' }, text) : text,
  )
  return h('bdi', null, parts)
}
