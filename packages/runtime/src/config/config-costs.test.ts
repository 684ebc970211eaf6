import { costGrowth, linearGrowthMax } from '@aftercall/testkit/cost-growth'
import { expect, test } from 'vitest'
import { printProblems, readConfig } from './config.ts'

test('I5 naming the lines that are not YAML costs no more than linearly in them', () => {
  expect(costGrowth((size) => readConfig('- @b\n'.repeat(size), {}), 1_000)).toBeLessThan(linearGrowthMax)
})

test('any number of problems can be printed', () => {
  const problems = Array.from({ length: 200_000 }, (_, at) => ({ path: 'a', line: at + 1, message: 'wrong' }))
  expect(printProblems(problems, 'a.yaml')).toContain('  line 200000  a  wrong')
})
