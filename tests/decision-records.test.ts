import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../docs/adr/', import.meta.url)
const index = readFileSync(new URL('README.md', folder), 'utf8')

type Row = { number: number; file: string; title: string; status: string }

const records: Row[] = readdirSync(folder)
  .filter((file) => /^\d{4}-.*\.md$/.test(file))
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const [, number, title = '', status = ''] =
      /^# (\d+)\. (.+)\n\nStatus: (.+) · \d{4}-\d{2}\n/.exec(text) ?? []
    return { number: Number(number), file, title, status }
  })

const listed: Row[] = [...index.matchAll(/^\| \[(\d+)\]\(([^)]+)\) \| (.+?) \| (.+?) \| .+ \|$/gm)].map(
  ([, number, file = '', title = '', status = '']) => ({ number: Number(number), file, title, status }),
)

const statuses = /^(?:accepted|(?:accepted, amended|superseded(?: in part)?) by (?<later>\d+(?:, \d+)*))$/

test('each decision record has a number, a title, and a status, and the index lists them in order', () => {
  expect(records.length).toBeGreaterThan(20)
  expect(records.filter(({ number, file }) => number !== Number(file.slice(0, 4)))).toEqual([])
  expect(listed).toEqual(records)
})

test('a status is accepted, amended, or superseded, by later records that name the earlier one', () => {
  expect(records.filter(({ status }) => !statuses.test(status))).toEqual([])
  const unnamed = records.flatMap(({ number, status }) =>
    (statuses.exec(status)?.groups?.later ?? '')
      .split(', ')
      .filter((later) => later !== '' && !namesEarlier(Number(later), number))
      .map((later) => `${number} is changed by ${later}, which does not name it`),
  )
  expect(unnamed).toEqual([])
})

test('a number without a record is explained', () => {
  const last = Math.max(...records.map(({ number }) => number))
  const missing = Array.from({ length: last }, (_, at) => at + 1).filter(
    (number) => !records.some((record) => record.number === number),
  )
  expect(missing.filter((number) => !index.includes(`There is no ADR ${number}.`))).toEqual([])
})

function namesEarlier(later: number, earlier: number): boolean {
  const record = records.find(({ number }) => number === later)
  if (record === undefined || later <= earlier) return false
  return new RegExp(`\\bADR (?:\\d+(?:,| and) )*(?:and )?${earlier}\\b`).test(
    readFileSync(new URL(record.file, folder), 'utf8'),
  )
}
