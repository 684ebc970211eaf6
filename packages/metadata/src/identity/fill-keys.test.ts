import { createHmac, createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { call, chat, mapOne } from '../../test/map-document.ts'
import type { JsonObject } from '../read/parse-json.ts'
import { keyVersionOf, noSettings, settingsVersionOf } from './mapping-settings.ts'

const secret = 'a key of thirty-two bytes or more'
const settings = { ...noSettings, identityKey: createSecretKey(secret, 'utf8') }

/** As the decision record says it, written a second time. */
function keyOf(kind: string, source: string, value: string): string {
  const digest = createHmac('sha256', secret).update(`${kind}\x1f${source}\x1f${value}`).digest()
  return digest
    .subarray(0, 16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function keysOf(document: JsonObject, sending: Parameters<typeof mapOne>[1] = { settings }) {
  const [row] = mapOne(document, sending).rows.session
  return {
    customer: row?.customer_key ?? null,
    contact: row?.contact_key ?? null,
    version: row?.key_version ?? null,
  }
}

const consumer = (fields: JsonObject) => ({ participants: [{ id: 1, type: 'end_user', ...fields }] })

test('the customer is the id of the end user within the source', () => {
  const document = call({ end_user: { id: 42 } })
  expect(keysOf(document).customer).toBe(keyOf('customer', 'acme', '42'))
  expect(keysOf(call({ end_user: { id: '42' } })).customer).toBe(keyOf('customer', 'acme', '42'))
  expect(keysOf(document, { settings, source: 'other' }).customer).toBe(keyOf('customer', 'other', '42'))
  expect(keysOf(call({ end_user: { id: null } }))).toMatchObject({ customer: null, contact: null })
})

test.each([
  ['+1 (555) 010-0100', '+15550100100'],
  ['0015550100100', '+15550100100'],
  ['+44 (0)20 7946 0958', '+442079460958'],
  ['+81.3.1234.5678', '+81312345678'],
])('the contact is the phone number in E.164 form: %s', (sent, number) => {
  expect(keysOf(call(consumer({ phone_number: sent }))).contact).toBe(keyOf('contact', 'acme', number))
})

test.each([
  ['without its country', '5550100100'],
  ['that is hidden', '+266696687'],
  ['that is hidden', 'anonymous'],
  ['that is too long', '+1234567890123456'],
  ['with letters', '+1555CALLNOW'],
  ['without a value', ''],
])('a number %s is no contact: %s', (_why, sent) => {
  expect(keysOf(call(consumer({ phone_number: sent }))).contact).toBeNull()
  const email = keyOf('contact', 'acme', 'pat@example.com')
  expect(keysOf(call({ ...consumer({ phone_number: sent }), email: ' Pat@Example.com ' })).contact).toBe(
    email,
  )
})

test('an agent’s number is no contact; the identifier is one where it is a number or an address', () => {
  const agent = { participants: [{ id: 1, type: 'agent', user_id: 5, phone_number: '+15550100100' }] }
  expect(keysOf(call(agent)).contact).toBeNull()
  const identified = (identifier: string) => keysOf(chat({ end_user: { id: 1, identifier } })).contact
  expect(identified('+15550100100')).toBe(keyOf('contact', 'acme', '+15550100100'))
  expect(identified('Pat@Example.com')).toBe(keyOf('contact', 'acme', 'pat@example.com'))
  expect(identified('91237416-3705-4a43-b3d5-a99278016d75')).toBeNull()
})

test('without a key there are no keys; another key has another version', () => {
  const document = call({ end_user: { id: 42 }, email: 'pat@example.com' })
  expect(keysOf(document, {})).toEqual({ customer: null, contact: null, version: null })
  const other = { ...noSettings, identityKey: createSecretKey(`${secret}!`, 'utf8') }
  expect(keysOf(document).version).toBe(keyVersionOf(settings))
  expect(keysOf(document, { settings: other }).version).not.toBe(keyVersionOf(settings))
  expect(keysOf(document, { settings: other }).customer).not.toBe(keysOf(document).customer)
})

test('custom data is copied for the allowed keys only, and only plain values', () => {
  const allowed = { ...noSettings, customDataKeys: ['Tier', 'Plain', 'Nested', 'Missing', 'constructor'] }
  const custom_data_not_secured = {
    Tier: { label: 'Tier', value: 'gold' },
    Plain: 7,
    Nested: { value: { name: 'Pat' } },
    Name: { label: 'Name', value: 'Pat Rivera' },
  }
  const document = call({ custom_data_not_secured, custom_data_secured: { Tier: { value: 'secret' } } })
  const customOf = (sending: Parameters<typeof mapOne>[1]) =>
    mapOne(document, sending).rows.session[0]?.custom
  expect(customOf({ settings: allowed })).toEqual({ Tier: 'gold', Plain: 7 })
  expect(customOf({ settings })).toBeUndefined()
  expect(customOf({})).toBeUndefined()
})

test('settings have a version of their own: the key, the allowed keys in any order, and what extra keeps', () => {
  const keys = (...customDataKeys: string[]) => settingsVersionOf({ ...settings, customDataKeys })
  expect(keys('a', 'b')).toBe(keys('b', 'a'))
  expect(new Set([keys(), keys('a'), keys('a', 'b'), settingsVersionOf(noSettings)]).size).toBe(4)
  expect(settingsVersionOf({ ...settings, extra: 'undocumented' })).not.toBe(settingsVersionOf(settings))
})
