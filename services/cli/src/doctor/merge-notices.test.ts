import { expect, test } from 'vitest'
import type { CheckResult } from './check-result.ts'
import { mergeNotices } from './merge-notices.ts'

const notice = (source: string, detail: string): CheckResult => ({
  check: `source ${source}: notifications`,
  level: 'notice',
  detail,
  fix: 'check the bucket',
})

test('the same notice about several sources is one result that names them', () => {
  const reading: CheckResult = { check: 'source acme: reading', level: 'ok', detail: 'can be read' }
  expect(
    mergeNotices([
      reading,
      notice('acme', 'no answer'),
      notice('globex', 'no answer'),
      notice('initech', 'other'),
    ]),
  ).toEqual([
    reading,
    { ...notice('acme', 'no answer (acme, globex)'), check: '2 sources: notifications' },
    notice('initech', 'other'),
  ])
})

test('problems stay one by one, also when they read alike', () => {
  const problems = ['acme', 'globex'].map((source) => ({
    ...notice(source, 'no'),
    level: 'problem' as const,
  }))
  expect(mergeNotices(problems)).toEqual(problems)
})
