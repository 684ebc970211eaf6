import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { isAggregate, isRatio, type Metric, metricFile, termsOf } from './metric.ts'

export type Chapter = {
  /** The file without `.yaml`. */
  name: string
  /** The comment at its beginning. */
  about: string
  metrics: Metric[]
}

/** All metrics, by file. Every name that a metric refers to exists, and no name or computation stands twice. */
export async function readCatalogue(folder = new URL('../', import.meta.url)): Promise<Chapter[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'))
  const chapters = await Promise.all(
    chapterOrder(files).map(async (file) => chapterOf(file, await readFile(new URL(file, folder), 'utf8'))),
  )
  checkNames(chapters.flatMap(({ metrics }) => metrics))
  return chapters
}

const order = ['sessions', 'queues', 'handling', 'transfers', 'virtual-agents', 'surveys', 'parameters']

function chapterOrder(files: string[]): string[] {
  const expected = order.map((name) => `${name}.yaml`)
  const strangers = files.filter((file) => !expected.includes(file))
  if (strangers.length > 0) throw new Error(`metrics/${strangers[0]} is not in the order of the chapters`)
  return expected
}

function chapterOf(file: string, text: string): Chapter {
  const parsed = metricFile.safeParse(parse(text))
  if (!parsed.success) throw new Error(`metrics/${file}: ${parsed.error.message}`)
  const about = [...text.matchAll(/^# (.*)$/gm)].map(([, line]) => line).join(' ')
  return { name: file.replace('.yaml', ''), about, metrics: parsed.data.metrics }
}

/** @throws Error if two metrics are the same, or if one refers to a metric that is not there or cannot be divided. */
export function checkNames(metrics: readonly Metric[]): void {
  const byName = new Map<string, Metric>()
  const names = new Map<string, string>()
  for (const metric of metrics) {
    if (byName.has(metric.name)) throw new Error(`two metrics are named ${metric.name}`)
    byName.set(metric.name, metric)
    const computation = JSON.stringify(computationOf(metric))
    const same = names.get(computation)
    if (same !== undefined) throw new Error(`${same} and ${metric.name} are the same number`)
    names.set(computation, metric.name)
  }
  for (const metric of metrics) {
    for (const term of isRatio(metric)
      ? [...termsOf(metric.numerator), ...termsOf(metric.denominator)]
      : []) {
      const found = byName.get(term)
      if (found === undefined || !isAggregate(found) || !('count' in found || 'sum' in found)) {
        throw new Error(`${metric.name} divides ${term}, which is no count and no sum`)
      }
    }
    for (const other of Object.keys(metric.differs_from ?? {})) {
      if (!byName.has(other)) throw new Error(`${metric.name} differs from ${other}, which is no metric`)
    }
  }
}

function computationOf(metric: Metric): object {
  const {
    name: _,
    label: __,
    unit: ___,
    definition: ____,
    source: _____,
    differs_from: ______,
    ...rest
  } = metric
  return rest
}
