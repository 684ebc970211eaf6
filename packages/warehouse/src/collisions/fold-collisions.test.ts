import { compareRevisions } from '@aftercall/metadata/times/revision'
import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldCollisions, type LosingSession } from './fold-collisions.ts'
import { isSameSession } from './session-identity.ts'

const instants = ['2026-03-23T20:12:51.000Z', '2026-03-23T20:12:51.500Z', '2026-03-23T20:12:52.000Z'] as const

const session = fc.record({
  createdAt: fc.constantFrom(...instants),
  uuid: fc.constantFrom(null, '', 'a', 'b', 'c'),
  hash: fc.nat(9),
})

type Session = LosingSession & { place: number }

function losing({
  createdAt,
  uuid,
  hash,
}: {
  createdAt: string
  uuid: string | null
  hash: number
}): Session {
  const at = '2026-03-24T00:00:00.000Z'
  const revision = { updatedAt: at, latestEventAt: at, objectLastModified: at, contentSha256: `${hash}` }
  return { createdAt, uuid, revision, place: 0 }
}

/** The rule written out, pair by pair. */
function byPairs(known: Session[], winner: Session, met: Session[]) {
  const groups: Session[][] = []
  for (const one of met.filter((each) => !isSameSession(each, winner))) {
    const group = groups.find((others) => others.every((other) => isSameSession(one, other)))
    if (group === undefined) groups.push([one])
    else group.push(one)
  }
  const losers = known.filter((row) => !isSameSession(row, winner))
  return groups.map((group) => {
    const newest = group.reduce((one, other) =>
      compareRevisions(one.revision, other.revision) < 0 ? other : one,
    )
    const row = losers.find((one) => isSameSession(one, newest))
    const stays = row !== undefined && compareRevisions(newest.revision, row.revision) <= 0
    return { kept: stays ? undefined : newest, row, times: group.length }
  })
}

const rule = 'each document is compared with those of its own session, as if pair by pair'

test(rule, () => {
  fc.assert(
    fc.property(fc.array(session), session, fc.array(session), (knownDrafts, winnerDraft, metDrafts) => {
      const [known, winner, met] = [knownDrafts.map(losing), losing(winnerDraft), metDrafts.map(losing)]
      const folded = foldCollisions(known, winner, met)
      const expected = byPairs(known, winner, met)
      expect(folded.again).toEqual(
        expected.filter(({ kept }) => kept === undefined).map(({ row, times }) => ({ row, times })),
      )
      expect(folded.kept).toEqual(
        expected.flatMap(({ kept, row, times }) =>
          kept === undefined ? [] : [{ one: kept, times, before: row }],
        ),
      )
    }),
    propertyOptions(rule, 1_000),
  )
})

test('I5 what thousands of sessions under one id cost grows with their number, not with its square', () => {
  const looksFor = (count: number): number => {
    let looks = 0
    const sessions = Array.from({ length: count }, (_, number) => {
      const one = losing({ createdAt: instants[0], uuid: `u${number}`, hash: 1 })
      return Object.defineProperty(one, 'uuid', {
        get: () => {
          looks += 1
          return `u${number}`
        },
      })
    })
    foldCollisions(sessions, losing({ createdAt: instants[2], uuid: 'z', hash: 1 }), sessions)
    return looks
  }
  expect(looksFor(4_000)).toBeLessThan(looksFor(1_000) * 5)
})
