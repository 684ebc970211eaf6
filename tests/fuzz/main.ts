import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { readCorpus, writeCorpus, writeFinding } from './corpus.ts'
import { type FuzzResult, fuzz } from './fuzz.ts'
import { meterFlags } from './meter.ts'
import { createTarget, isTarget, targetNames } from './targets.ts'

type Work = {
  name: string
  seed: string
  minutes: number
  inputs: number
  findingsMax: number
  cpuMsMax: number
  /** The length of the current input, its number, and its bytes. */
  current: { head: Int32Array; bytes: Uint8Array }
}

const currentBytesMax = 1_048_576

if (isMainThread) await main()
else await runTarget(workerData as Work)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      all: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '1' },
      inputs: { type: 'string', default: 'Infinity' },
      findings: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      /** CPU time for one input. The slowest takes some hundred milliseconds. */
      'cpu-seconds': { type: 'string', default: '30' },
      /** Whether the inputs that cover most replace the corpus. */
      keep: { type: 'boolean', default: false },
      /** Whether the inputs of findings are only counted. */
      'leave-none': { type: 'boolean', default: false },
    },
  })
  const names = values.all ? targetNames : (values.target ?? [])
  const unknown = names.filter((name) => !isTarget(name))
  if (names.length === 0 || unknown.length > 0) {
    process.stderr.write(
      `Name a target with --target, or take --all. The targets are: ${targetNames.join(', ')}.\n`,
    )
    process.exitCode = 2
    return
  }
  if (!meterFlags.every((flag) => process.execArgv.includes(flag))) {
    process.stderr.write(`Start it with npm run fuzz, or give node ${meterFlags.join(' ')}.\n`)
    process.exitCode = 2
    return
  }
  const { seed } = values
  process.stdout.write(`seed ${seed}\n`)
  for (const name of names) {
    const found = await runWatched({
      name,
      seed,
      minutes: Number(values.minutes),
      inputs: Number(values.inputs),
      findingsMax: Number(values.findings),
      cpuMsMax: 1_000 * Number(values['cpu-seconds']),
    })
    if (!report(name, found, !values['leave-none'])) process.exitCode = 1
    if (values.keep && found.kind === 'done') writeCorpus(name, found.result.corpus)
  }
}

type Ended =
  | { kind: 'done'; result: FuzzResult }
  /** An input that ends by nothing, not even an error. */
  | { kind: 'stuck'; input: Uint8Array; message: string }

/** Runs a target on a thread, and ends it if one input takes too much CPU time or ends the thread. */
async function runWatched(work: Omit<Work, 'current'>): Promise<Ended> {
  const current = {
    head: new Int32Array(new SharedArrayBuffer(8)),
    bytes: new Uint8Array(new SharedArrayBuffer(currentBytesMax)),
  }
  const thread = new Worker(new URL(import.meta.url), { workerData: { ...work, current } satisfies Work })
  const { promise, resolve } = Promise.withResolvers<Ended>()
  const stuck = (message: string): void =>
    resolve({ kind: 'stuck', input: current.bytes.slice(0, current.head[0]), message })
  thread.once('message', (result: FuzzResult) => resolve({ kind: 'done', result }))
  thread.once('error', (error) => stuck(`the thread ended: ${error.stack}`))
  let [number, sinceMs] = [-1, 0]
  const timer = setInterval(async () => {
    const { user, system } = await thread.cpuUsage().catch(() => ({ user: 0, system: 0 }))
    const cpuMs = (user + system) / 1_000
    if (current.head[1] !== number) [number, sinceMs] = [current.head[1] ?? 0, cpuMs]
    else if (cpuMs - sinceMs > work.cpuMsMax)
      stuck(`an input took more than ${work.cpuMsMax / 1_000} s of CPU time`)
  }, 1_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
    await thread.terminate()
  }
}

/** True if nothing was found. */
function report(name: string, ended: Ended, leaves: boolean): boolean {
  const place = (input: Uint8Array): string =>
    leaves ? writeFinding(name, input) : `${input.byteLength} bytes`

  if (ended.kind === 'stuck') {
    process.stdout.write(`${name}: ${ended.message}\n  input: ${place(ended.input)}\n`)
    return false
  }
  const { inputs, digest, blocks, highest, findings, corpus } = ended.result
  const cost = `${highest.steps.toFixed(1)} steps and ${highest.allocated.toFixed(0)} allocated bytes for each byte at most`
  process.stdout.write(
    `${name}: ${inputs} inputs (${digest}), ${blocks} blocks, ${cost}, ${corpus.length} inputs cover it, ${findings.length} findings\n`,
  )
  for (const { input, message } of findings) {
    process.stdout.write(`  ${message.replaceAll('\n', '\n  ')}\n  input: ${place(input)}\n`)
  }
  return findings.length === 0
}

async function runTarget({ name, seed, minutes, inputs, findingsMax, current }: Work): Promise<void> {
  const untilMs = performance.now() + minutes * 60_000
  const target = await createTarget(name)
  const result = await fuzz({
    ...{ target, seed, findingsMax, corpus: readCorpus(name) },
    goesOn: (done) => done < inputs && performance.now() < untilMs,
    onInput: (input) => {
      current.bytes.set(input.subarray(0, currentBytesMax))
      current.head[0] = input.byteLength
      current.head[1] = (current.head[1] ?? 0) + 1
    },
  })
  await target.close?.()
  parentPort?.postMessage(result)
}
