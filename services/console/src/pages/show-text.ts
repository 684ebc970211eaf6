import { hasHidden, visibleParts, visibleText } from '@aftercall/runtime/text/visible-text'
import { type ComponentChildren, h } from 'preact'

/** Where in a template a text stands: between tags, in an attribute that a browser shows as text, or in another. */
export type TextPlace = 'text' | 'label' | 'attribute'

const placesOf = new WeakMap<TemplateStringsArray, TextPlace[]>()

/**
 * The values of a template as they may be shown: characters that cannot be seen are written out, in a span, and what could
 * turn the direction of the text around it stands in a `bdi`. Addresses and the values of fields stay what they are.
 */
export function showValues(strings: TemplateStringsArray, values: readonly unknown[]): unknown[] {
  let places = placesOf.get(strings)
  if (places === undefined) {
    places = readPlaces(strings)
    placesOf.set(strings, places)
  }
  return values.map((value, at) => showIn(places[at] ?? 'text', value))
}

/** From the text before each value: a label is named there, and within a tag its `<` is still open. */
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

/** Letters of scripts that are written from right to left. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

function showText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showText)
  if (typeof value !== 'string') return value
  if (!hasHidden(value)) return rightToLeft.test(value) ? h('bdi', null, value) : value
  const parts = visibleParts(value).map(
    ({ text, isHidden }): ComponentChildren => (isHidden ? h('span', { class: 'unseen' }, text) : text),
  )
  return h('bdi', null, parts)
}
