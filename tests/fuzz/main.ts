import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { meterFlags } from './meter.ts'
import { type Progress, replay, takeTurns } from './take-turns.ts'
import { isTarget, targetNames } from './targets.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    all: { type: 'boolean', default: false },
    /** Of all targets together. */
    minutes: { type: 'string', default: '1' },
    'turn-minutes': { type: 'string' },
    inputs: { type: 'string', default: 'Infinity' },
    findings: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** CPU time for one input. The slowest takes some hundred milliseconds. */
    'cpu-seconds': { type: 'string', default: '30' },
    keep: { type: 'boolean', default: false },
    'leave-none': { type: 'boolean', default: false },
    /** A file with one input, to be read by one target. */
    replay: { type: 'string' },
  },
})
process.exitCode = await main()

/** Resolves with the exit code: 1 if something was found, 2 for wrong options. */
async function main(): Promise<number> {
  const names = values.all ? targetNames : (values.target ?? [])
  const [first] = names
  const minutes = Number(values.minutes)
  const turnMinutes = Number(values['turn-minutes'] ?? Math.min(2, minutes / names.length))
  if (first === undefined || !names.every(isTarget))
    return refuse(`Name a target with --target, or take --all. The targets are: ${targetNames.join(', ')}.`)
  if (!(minutes > 0) || !(turnMinutes > 0)) return refuse('--minutes and --turn-minutes must be above 0.')
  if (!meterFlags.every((flag) => process.execArgv.includes(flag)))
    return refuse(`Start it with npm run fuzz, or give node ${meterFlags.join(' ')}.`)
  const cpuMsMax = 1_000 * Number(values['cpu-seconds'])
  if (values.replay !== undefined) return (await replay(first, readFileSync(values.replay), cpuMsMax)) ? 0 : 1

  process.stdout.write(`seed ${values.seed}\n`)
  const startedAt = performance.now()
  const all = await takeTurns({
    ...{ names, minutes, turnMinutes, cpuMsMax, seed: values.seed },
    ...{ inputsMax: Number(values.inputs), findingsMax: Number(values.findings) },
    ...{ keeps: values.keep, leaves: !values['leave-none'] },
  })
  const found = sumOf(all, ({ findings }) => findings.size)
  const took = ((performance.now() - startedAt) / 60_000).toFixed(1)
  process.stdout.write(
    `\n${tableOf(all)}\nfuzz: seed ${values.seed}, ${took} minutes, ${all.length} targets, ${sumOf(all, (one) => one.inputs)} executions, ${sumOf(all, (one) => one.newBlocks)} new blocks, ${found} findings\n`,
  )
  return found === 0 ? 0 : 1
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`)
  return 2
}

function sumOf(all: readonly Progress[], of: (one: Progress) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0)
}

/** The costs are the highest for each byte of an input. */
function tableOf(all: readonly Progress[]): string {
  const head = [
    'target',
    'turns',
    'executions',
    'new blocks',
    'blocks',
    'steps/byte',
    'allocated/byte',
    'findings',
  ]
  const rows = all.map(({ name, turns, inputs, newBlocks, blocks, highest, findings }) => [
    ...[name, String(turns), String(inputs), String(newBlocks), String(blocks)],
    ...[highest.steps.toFixed(1), highest.allocated.toFixed(0), String(findings.size)],
  ])
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  '),
    )
    .join('\n')
}
