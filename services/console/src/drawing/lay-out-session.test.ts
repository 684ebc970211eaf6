import { propertyOptions } from '@aftercall/testkit/test-seed'
import type { PartKind, SessionPart } from '@aftercall/warehouse/console/session-parts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { en } from '../texts/en.ts'
import { layOutSession } from './lay-out-session.ts'
import { looks } from './part-words.ts'
import { barHeight, markSize, type SessionDrawing } from './session-drawing.ts'

const drawingOf = (parts: readonly SessionPart[]) => layOutSession(parts, en.course)

const startMs = Date.parse('2026-03-23T17:10:00Z')

function partOf(part: Partial<SessionPart> & Pick<SessionPart, 'kind'>): SessionPart {
  return {
    ...{ rowId: '1', startedAt: null, endedAt: null, seconds: null, holdSeconds: null, acwSeconds: null },
    ...{ agent: null, toAgent: null, virtualAgentId: null, toVirtualAgentId: null, menuPath: null },
    ...{ transferId: null, word: null, targetSeconds: null, ...part },
  }
}

/** A stretch, in seconds after the start. */
function between(kind: PartKind, from: number, until: number, more: Partial<SessionPart> = {}): SessionPart {
  const at = (seconds: number) => new Date(startMs + seconds * 1_000)
  return partOf({ kind, startedAt: at(from), endedAt: at(until), ...more })
}

type Box = { left: number; right: number; top: number; bottom: number }

function boxesOf({ bars, marks }: SessionDrawing): Box[] {
  return [
    ...bars.map(({ x, y, width }) => ({ left: x, right: x + width, top: y, bottom: y + barHeight })),
    ...marks.map(({ x, y }) => ({
      ...{ left: x - markSize / 2, right: x + markSize / 2 },
      ...{ top: y - markSize / 2, bottom: y + markSize / 2 },
    })),
  ]
}

function expectReadable(drawing: SessionDrawing): void {
  const boxes = boxesOf(drawing)
  for (const [index, one] of boxes.entries()) {
    expect(one.left).toBeGreaterThan(100)
    expect(one.right).toBeLessThanOrEqual(drawing.axis.width)
    expect(one.bottom).toBeLessThanOrEqual(drawing.height)
    for (const other of boxes.slice(index + 1)) {
      const isApart =
        one.right <= other.left ||
        other.right <= one.left ||
        one.bottom <= other.top ||
        other.bottom <= one.top
      expect({ one, other, isApart }).toEqual({ one, other, isApart: true })
    }
  }
  const ticks = drawing.axis.ticks.map(({ x }) => x)
  for (const [index, x] of ticks.slice(1).entries())
    expect(x - (ticks[index] ?? 0)).toBeGreaterThanOrEqual(80)
  expect(ticks.length).toBeGreaterThan(0)
}

const anyKind = fc.constantFrom(...(Object.keys(looks) as PartKind[]))

/** Sessions of two seconds, of some minutes, and of three days. */
const anyParts = fc.constantFrom(2, 600, 3 * 86_400).chain((longest) =>
  fc.array(
    fc.record({
      kind: anyKind,
      from: fc.integer({ min: 0, max: longest }),
      long: fc.oneof(fc.constant(0), fc.integer({ min: -2, max: longest })),
      agent: fc.option(fc.integer({ min: 1, max: 4 })),
      hold: fc.option(fc.integer({ min: 0, max: longest })),
      target: fc.option(fc.integer({ min: 0, max: longest })),
      isOpen: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  ),
)

test('every part with a time is drawn once, within the drawing, and nothing overlaps, at two seconds and at three days', () => {
  fc.assert(
    fc.property(anyParts, (rows) => {
      const parts = rows.map(({ kind, from, long, agent, hold, target, isOpen }, index) => {
        const own = { rowId: String(index), agent, holdSeconds: hold, targetSeconds: target }
        return between(kind, from, from + long, isOpen ? { ...own, endedAt: null } : own)
      })
      const drawing = drawingOf(parts)
      if (drawing === null) throw new Error('nothing is drawn')
      const drawn = [...drawing.bars, ...drawing.curves, ...drawing.marks].map(({ part }) => part.rowId)
      expect(drawn.sort()).toEqual(parts.map(({ rowId }) => rowId).sort())
      expectReadable(drawing)
      for (const { path } of drawing.curves) expect(path).not.toMatch(/NaN|undefined/)
    }),
    propertyOptions({ quick: 60, thorough: 2_000 }),
  )
})

test('time without anything is left out, and said to be', () => {
  const drawing = drawingOf([
    between('queue', 0, 60),
    between('talk', 60, 360),
    between('survey', 90_000, 90_000),
  ])
  expect(drawing?.axis.cuts.map(({ leftOutMs }) => Math.round(leftOutMs / 60_000))).toEqual([1_494])
  const [talk] = drawing?.bars.filter(({ part }) => part.kind === 'talk') ?? []
  expect(talk?.width).toBeGreaterThan(500)
  expect(drawingOf([between('queue', 0, 60), between('talk', 70, 360)])?.axis.cuts).toEqual([])
})

test('tracks are the menu, virtual agents, queues, and agents in the order in which they appear', () => {
  const drawing = drawingOf([
    between('talk', 90, 200, { agent: 1 }),
    between('menu', 0, 10),
    between('talk', 220, 300, { agent: 2, rowId: '2' }),
    between('wrap_up', 300, 330, { agent: 2, rowId: '3' }),
    between('virtual_agent', 10, 40, { virtualAgentId: '7' }),
    between('queue', 40, 90),
    between('offer', 50, 50),
  ])
  expect(drawing?.tracks.map(({ name }) => name)).toEqual([
    ...['Menu', 'Virtual agent 7', 'Queue', 'Agent 1', 'Agent 2', 'Events'],
  ])
})

test('the target of the service level is marked where a wait exceeds it', () => {
  const targetOf = (seconds: number) => {
    const drawing = drawingOf([between('queue', 0, 60, { targetSeconds: seconds, word: 'not_in_sla' })])
    const [bar] = drawing?.bars ?? []
    return bar === undefined || bar.targetX === null ? null : (bar.targetX - bar.x) / bar.width
  }
  expect(targetOf(20)).toBeCloseTo(1 / 3, 2)
  expect(targetOf(90)).toBeNull()
})

test('a session without any time is not drawn', () => {
  expect(drawingOf([])).toBeNull()
  expect(drawingOf([partOf({ kind: 'talk', seconds: 10 })])).toBeNull()
})
