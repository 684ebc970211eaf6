import { expect, test } from 'vitest'
import { expandMacros } from '../../boards/generate/expand-macros.ts'
import { fillMetabase } from '../../boards/generate/format-metabase.ts'

const choice = {
  from: new Date('2026-04-01T00:00:00Z'),
  to: new Date('2026-04-02T00:00:00Z'),
  values: { source: ['acme', "o'hara"] },
}

test.each([
  ['$__timeFrom()::date', "'2026-04-01T00:00:00.000Z'::date"],
  ['$__timeFilter(h.at)', "h.at BETWEEN '2026-04-01T00:00:00.000Z' AND '2026-04-02T00:00:00.000Z'"],
  ["$__timeGroupAlias(at, '1h')", 'floor(extract(epoch from at)/3600)*3600 AS "time"'],
  ["$__timeGroupAlias(at, '7d')", 'floor(extract(epoch from at)/604800)*604800 AS "time"'],
  ['in (\u0024{source:sqlstring})', "in ('acme','o''hara')"],
])('%s is expanded as Grafana does', (query, expanded) => {
  expect(expandMacros(query, choice)).toBe(expanded)
})

test.each(['$__interval', '$__timeGroup(at, $__interval)', '\u0024{source:csv}', '\u0024{queue:sqlstring}'])(
  '%s is an error, because no board has it',
  (query) => {
    expect(() => expandMacros(query, choice)).toThrow(/macro that the boards do not use|no value for/)
  },
)

test('an optional part of a card is left out without its variable', () => {
  const card = 'where day >= {{from}} [[and source = {{source}}]]'
  expect(fillMetabase(card, { from: '2026-04-01' })).toBe("where day >= date '2026-04-01' ")
  expect(fillMetabase(card, { from: '2026-04-01', source: "o'hara" })).toBe(
    "where day >= date '2026-04-01' and source = 'o''hara'",
  )
})
