import { expect, test } from 'vitest'
import { call, fixtureBytes, mapOne } from '../../test/map-document.ts'

test('a session names its agents, queues and virtual agents, each once, with what it states of them', () => {
  const { dimensions } = mapOne(fixtureBytes('synthetic/call-48213.json'))
  expect(dimensions.agent).toEqual(
    [
      {
        id: '101',
        attributes: {
          ...{ name: 'Avery Chen', email: 'avery.chen@example.com' },
          teams: '[{"id":7,"name":"Billing EN"}]',
        },
      },
      {
        id: '102',
        attributes: {
          ...{ name: 'Bo Martin', email: 'bo.martin@example.com' },
          teams: '[{"id":9,"name":"Tech Support EN"}]',
        },
      },
    ].map((agent) =>
      expect.objectContaining({ id: agent.id, attributes: expect.objectContaining(agent.attributes) }),
    ),
  )
  expect(dimensions.queue.map(({ id, attributes }) => [id, attributes.menu_path])).toEqual([
    ['57', 'Main menu/Billing'],
    ['60', 'Main menu/Technical support'],
  ])
  const { dimensions: escalated } = mapOne(fixtureBytes('synthetic/call-51977.json'))
  expect(escalated.virtual_agent).toEqual([{ id: '6', attributes: { name: 'Front door VA', alias: 'Aki' } }])
  expect(escalated.queue.find(({ id }) => id === '91')?.attributes).toMatchObject({
    target_seconds: 60,
    abandon_seconds: 10,
  })
})

test('an agent who is only an id is named, too: every id in the facts gets its key', () => {
  const rows = { handle_durations: [{ id: 1, agent_id: 5 }], queue_durations: [{ id: 1, agent_id: 6 }] }
  const { dimensions } = mapOne(call({ ...rows, dispositions: [{ user_id: 7 }] }))
  expect(dimensions.agent).toEqual(['5', '6', '7'].map((id) => ({ id, attributes: {} })))
  expect(dimensions.queue).toEqual([])
})
