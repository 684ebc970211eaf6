import { expect, test } from 'vitest'
import { call, mapOne, sessionRow } from './map-document.ts'

// Contract, section g, rule 18: persons and virtual agents are distinguished by their keys, even with null.

const human = { agent_id: '5', agent_name: 'Jane Smith', agent_email: 'jane@example.com' }
const virtual = { virtual_agent_id: '6', virtual_agent_name: 'Front door' }
const withheld = { agent_id: '5', agent_name: 'Jane Smith' }

test.each([
  ['a person', { id: 5, name: 'Jane Smith', email: 'jane@example.com', agent_number: null }, human],
  [
    'a person with a number',
    { id: 5, name: 'Jane Smith', email: 'jane@example.com', agent_number: 1660 },
    { ...human, agent_number: '1660' },
  ],
  [
    'a person with every key',
    { id: 5, name: 'Jane Smith', email: 'jane@example.com', va_alias: null },
    human,
  ],
  [
    'a person with only a number',
    { id: 5, name: 'Jane Smith', agent_number: '77', va_alias: null },
    { ...withheld, agent_number: '77' },
  ],
  [
    'a person whose e-mail and number are withheld',
    { id: 5, name: 'Jane Smith', first_name: 'Jane', last_name: 'Smith', email: null, agent_number: null },
    withheld,
  ],
  [
    'a person with everything withheld except the name',
    { id: 5, name: 'Jane Smith', first_name: null, last_name: null, email: null, agent_number: null },
    withheld,
  ],
  ['a person by one key with null', { id: 5, name: 'Jane Smith', agent_number: null }, withheld],
  ['a virtual agent', { id: 6, name: 'Front door', va_alias: 'Aki' }, virtual],
  ['a virtual agent without an alias', { id: 6, name: 'Front door', va_alias: null }, virtual],
  ['a virtual agent of a build before aliases', { id: 6, name: 'Front door', avatar_url: null }, virtual],
  [
    'a virtual agent with every key',
    { id: 6, name: 'Front door', va_alias: 'Aki', email: null, agent_number: null },
    virtual,
  ],
  ['nobody', null, {}],
  ['nobody, as an empty object', {}, {}],
])('rule 18: agent_info may be %s', (_who, sent, columns) => {
  const row = sessionRow(call({ agent_info: sent }))
  const named = Object.entries(row).filter(([name]) => /^(?:virtual_)?agent_(?!count|first)/.test(name))
  expect(Object.fromEntries(named)).toEqual(columns)
})

test('rule 18: ambiguous agent_info fills no column, and stays in extra', () => {
  const sent = { id: 6, name: 'Sam', va_alias: null, email: null, agent_number: null }
  const row = sessionRow(call({ agent_info: sent }))
  expect(row.agent_id).toBeUndefined()
  expect(row.virtual_agent_id).toBeUndefined()
  expect(row.extra).toEqual({ agent_info: sent })
})

const person = { id: 5, name: 'Jane', email: null }
const bot = { id: 6, name: 'Front door', va_alias: null }

test.each(['from', 'to'])(
  'rule 18: the agents of a transfer are in the columns of their variant (%s)',
  (side) => {
    const [agent, virtualAgent] = [`${side}_agent`, `${side}_virtual_agent`]
    const columns = (transfer: object) => {
      const row = mapOne(call({ transfers: [{ id: 1, ...transfer }] })).rows.transfer[0]
      return [row?.[`${agent}_id`] ?? null, row?.[`${virtualAgent}_id`] ?? null]
    }
    expect(columns({ [agent]: person, [virtualAgent]: null })).toEqual(['5', null])
    expect(columns({ [agent]: null, [virtualAgent]: bot })).toEqual([null, '6'])
    expect(columns({ [agent]: bot })).toEqual([null, '6'])
    expect(columns({ [virtualAgent]: person })).toEqual(['5', null])
    expect(columns({ [agent]: person, [virtualAgent]: bot })).toEqual(['5', '6'])
    // An agent without a clear variant stays where it was sent, and no agent replaces another.
    expect(columns({ [agent]: { id: 5 } })).toEqual(['5', null])
    expect(columns({ [agent]: bot, [virtualAgent]: { id: 7 } })).toEqual(['6', '7'])
  },
)
