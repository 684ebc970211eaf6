import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShort } from '@aftercall/operator/format/number'
import { assumedValues, assumptions } from './assumptions.ts'
import { sizeLines } from './explain-size.ts'
import { measured, measuredValues } from './measured-figures.ts'
import { baseSystem, type ScaleCase, scaleCases, systemOf } from './scale-cases.ts'
import { simulate } from './simulation/simulate.ts'
import { loadOfServer, type Size, sizeMachine } from './size-machine.ts'

export const sizesPerDay = [1_000_000, 10_000_000, 100_000_000]

/** The sizes of the page. */
export function sizesOfPage(): Size[] {
  const inputs = { measured: measuredValues(), assumed: assumedValues() }
  return sizesPerDay.map((sessionsPerDay) => {
    const messagesPerCall = messagesPerCallOf(sessionsPerDay, inputs.assumed.filesPerSession)
    return sizeMachine({ ...inputs, sessionsPerDay, messagesPerCall })
  })
}

/** Simulated: one worker for at most 600 files a second of the mean rate, which is well below what one can do. */
function messagesPerCallOf(sessionsPerDay: number, filesPerSession: number): number {
  const meanRate = (sessionsPerDay * filesPerSession) / 86_400
  const workers = Math.ceil(meanRate / 600)
  const system = baseSystem(measuredValues(), 2)
  const { arrived, receiveCalls } = simulate({
    ...system,
    seed: 'messages in a call',
    arrivals: [{ untilMs: 60_000, perSecond: meanRate / workers }],
  })
  return arrived / receiveCalls
}

/** The table of docs/performance.md. */
export function formatMeasured(): string {
  const rows = Object.values(measured).map(
    ({ says, value, unit, by, heading }) =>
      `| ${says} | ${formatFigure(value)} ${unit} | ${by} | [${heading}](#${anchorOf(heading)}) |`,
  )
  return ['| figure | value | measured by | explained in |\n|---|---|---|---|', ...rows].join('\n')
}

/** The tables of docs/scale.md, by the name of their marks. */
export function formatScale(): Record<string, string> {
  const sizes = sizesOfPage()
  return {
    assumptions: formatAssumptions(),
    sizes: formatSizes(sizes),
    servers: formatServers(),
    simulation: formatSimulation(sizes),
  }
}

export function formatAssumptions(): string {
  const rows = Object.values(assumptions).map(
    ({ says, value, because }) => `| ${says} | ${formatFigure(value)} | ${because} |`,
  )
  return ['| assumed | value | because |\n|---|---|---|', ...rows].join('\n')
}

export function formatSizes(sizes: readonly Size[]): string {
  const heads = sizes.map(({ sessionsPerDay }) => `${formatShort(sessionsPerDay)} a day`)
  const rows = sizeLines.map(
    ({ letter, says, from, show }) => `| ${letter} | ${says} | ${from} | ${sizes.map(show).join(' | ')} |`,
  )
  const under = '|---|---|---|'.concat('---|'.repeat(sizes.length))
  return [`| | | follows from | ${heads.join(' | ')} |\n${under}`, ...rows].join('\n')
}

export function formatServers(): string {
  const rows = [2, 4, 8, 16, 32, 64].map((cpus) => {
    const { peakRate, sessionsPerDay } = loadOfServer(cpus, measuredValues(), assumedValues())
    const size = sizeMachine({
      ...{ sessionsPerDay, messagesPerCall: 10, measured: measuredValues(), assumed: assumedValues() },
    })
    const cells = [formatNumber(peakRate), formatShort(sessionsPerDay), `${size.peakLogMb.toFixed(0)} MB`]
    return `| ${cpus} | ${cells.join(' | ')} | ${size.storedTbPerMonth.toFixed(1)} TB | ${size.monthsOfServer.toFixed(1)} |`
  })
  const head =
    '| vCPU of Postgres | files a second at the peak | sessions a day | log a second at the peak | stored a month | months in 64 TB |'
  return [`${head}\n|---|---|---|---|---|---|`, ...rows].join('\n')
}

function formatSimulation(sizes: readonly Size[]): string {
  const head =
    '| sessions a day | scaled by | workers allowed | most workers | most files waiting | oldest message | lag p50 | lag p99 | empty again after |'
  return scaleCases
    .map((one) => {
      const rows = sizes.flatMap((size) => formatCase(one, size))
      return [`**${one.name}**\n\n${head}\n|---|---|---|---|---|---|---|---|---|`, ...rows].join('\n')
    })
    .join('\n\n')
}

/** The rows of a case for a size, one for each way of scaling. */
export function formatCase(one: ScaleCase, size: Size): string[] {
  const inputs = { measured: measuredValues(), assumed: assumedValues(), size }
  const ways = one.isSteady ? (['fixed'] as const) : (['ecs', 'keda'] as const)
  return ways.map((by) => {
    const system = systemOf(one, { ...inputs, by })
    const found = simulate(system)
    const { scaling } = system
    const cells = [
      ...[formatShort(size.sessionsPerDay), { fixed: 'nothing', ecs: 'ECS', keda: 'KEDA' }[by]],
      scaling.kind === 'fixed' ? String(scaling.workers) : `${scaling.workersMin} to ${scaling.workersMax}`,
      ...[String(found.workersMax), formatShort(found.waitingMax), formatDuration(found.oldestMaxMs)],
      ...[formatDuration(found.lagMs.p50), formatDuration(found.lagMs.p99)],
      formatDuration(found.emptyAgainMs - found.waitingMaxAtMs),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

function formatFigure(value: number): string {
  return value >= 1_000 ? formatNumber(value) : String(value)
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
