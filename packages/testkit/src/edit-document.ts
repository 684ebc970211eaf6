/** A change in a document. `place` selects a key, modulo the number of keys. */
export type Edit =
  | { change: 'drop' | 'null' | 'alias' | 'number-text' | 'twice' | 'empty'; place: number }
  | { change: 'replace' | 'extra'; place: number; value: unknown }

type Slot = { holder: Record<string, unknown>; key: string; rows: unknown[] | null }

/** Other names for the same field, in both directions (contract g.7). */
const aliases = new Map(
  [
    ['sub_status', 'subStatus'],
    ['ends_at', 'ended_at'],
    ['finished_at', 'ended_at'],
    ['call_duration', 'chat_duration'],
    ['wait_duration', 'queue_duration'],
    ['from_menu_path', 'from_menu'],
    ['to_menu_path', 'to_menu'],
    ['queue_priority_level', 'in_queue_priority'],
  ].flatMap(([one = '', other = '']) => [
    [one, other],
    [other, one],
  ]),
)

/** Makes the change in place and returns the document. Does nothing if the change does not apply. */
export function editDocument(document: Record<string, unknown>, edit: Edit): Record<string, unknown> {
  const slots = slotsOf(document, null)
  const slot = slots[edit.place % Math.max(1, slots.length)]
  if (slot !== undefined) applyEdit(slot, edit)
  return document
}

function applyEdit(slot: Slot, edit: Edit): void {
  const { holder, key, rows } = slot
  switch (edit.change) {
    case 'drop':
      delete holder[key]
      return
    case 'null':
      holder[key] = null
      return
    case 'empty':
      holder[key] = Array.isArray(holder[key]) ? [] : ''
      return
    case 'replace':
      holder[key] = structuredClone(edit.value)
      return
    case 'extra':
      holder[`${key}_extra`] = structuredClone(edit.value)
      return
    case 'twice':
      if (rows !== null) rows.push(structuredClone(holder))
      return
    case 'number-text':
      holder[key] = turnNumber(holder[key])
      return
    case 'alias':
      rename(holder, key)
  }
}

function turnNumber(value: unknown): unknown {
  if (typeof value === 'number') return value % 2 === 0 ? `${value}.0` : String(value)
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : value
}

function rename(holder: Record<string, unknown>, key: string): void {
  const alias = aliases.get(key)
  if (alias === undefined) return
  holder[alias] = holder[key]
  delete holder[key]
}

// Every key of every object, with the array that the object is a row of.
function slotsOf(value: unknown, rows: unknown[] | null): Slot[] {
  if (Array.isArray(value)) return value.flatMap((row) => slotsOf(row, value))
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key, rows }, ...slotsOf(holder[key], null)])
}
