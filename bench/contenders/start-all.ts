import type { Contender, ContenderPlace } from '../harness/contender.ts'
import type { Bench } from '../harness/open-bench.ts'
import { buildAftercall, startAftercall } from './aftercall.ts'
import { startScript } from './start-script.ts'

export type Contenders = Record<'aftercall' | 'conventional' | 'elt' | 'eltWithOurGet', Started>
export type Started = { contender: Contender; databaseUrl: string }

/** The fastest settings of `npm run bench -- tune` on the machine of the authors. */
export const tuned = {
  conventional: { consumers: 2, poolMax: 4 },
  elt: { batchSize: 1_000, loaders: 2, receivers: 8 },
} as const

/** Each has its own queue and database, so that it idles while another one works. */
export async function startContenders(bench: Bench): Promise<Contenders> {
  const [aftercall, conventional, elt, eltWithOurGet] = await Promise.all([
    startBuilt(bench),
    startTuned(bench, 'conventional', tuned.conventional),
    startTuned(bench, 'elt', tuned.elt),
    startTuned(bench, 'elt', { ...tuned.elt, ourGet: 1 }, 'elt with our GET'),
  ])
  return { aftercall, conventional, elt, eltWithOurGet }
}

/** The command of this checkout. */
export async function startBuilt(bench: Bench): Promise<Started> {
  const [command, place] = await Promise.all([buildAftercall(), bench.makePlace('aftercall')])
  const contender = await startAftercall(place, command)
  bench.releasers.register('aftercall', contender.stop)
  return { contender, databaseUrl: place.databaseUrl }
}

/** Starts a contender that is a script, with the given settings. */
export async function startTuned(
  bench: Bench,
  folder: 'conventional' | 'elt',
  tuning: Record<string, number>,
  name: string = folder,
): Promise<Started> {
  const script = new URL(`./${folder}/main.ts`, import.meta.url)
  const place: ContenderPlace = await bench.makePlace(name)
  const contender = await startScript(name, script, place, tuning)
  bench.releasers.register(name, contender.stop)
  return { contender, databaseUrl: place.databaseUrl }
}
