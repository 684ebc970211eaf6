import { fork, integer } from '@aftercall/samples/random'
import { planScaling } from './plan-scaling.ts'
import { createSimulatedWorker, type SimulatedWorker, type Surroundings } from './simulated-worker.ts'

/** A platform that starts a worker in place of a killed one takes this long when nothing else says so. */
const fixedStartMs = 30_000

export type Fleet = {
  start(): void
  /** Kills a running worker at random, as a machine that fails does. Another is started. */
  killOne(): void
}

/** The workers that run and start, as many as the scaling asks for. */
export function createFleet(surroundings: Surroundings): Fleet {
  const { system, timeline, meter, random } = surroundings
  const { scaling } = system
  const running: SimulatedWorker[] = []
  const startMs = scaling.kind === 'fixed' ? fixedStartMs : scaling.startMs
  const least = scaling.kind === 'fixed' ? scaling.workers : scaling.workersMin
  let wanted = least
  let [starting, made] = [0, 0]

  function startAfter(delayMs: number): void {
    starting += 1
    count()
    timeline.in(delayMs, () => {
      starting -= 1
      if (running.length >= wanted) return count()
      const worker = createSimulatedWorker({ ...surroundings, random: fork(random, made++) })
      running.push(worker)
      worker.start()
      count()
    })
  }

  function setWanted(workers: number): void {
    wanted = workers
    for (let missing = wanted - running.length - starting; missing > 0; missing -= 1) startAfter(startMs)
    while (running.length > wanted) running.pop()?.stop()
    count()
  }

  function count(): void {
    meter.workers(running.length + starting)
  }

  return {
    start() {
      for (let worker = 0; worker < least; worker += 1) startAfter(0)
      planScaling({ ...surroundings, running: () => running.length, wanted: () => wanted, setWanted })
    },
    killOne() {
      if (running.length === 0) return
      const [worker] = running.splice(integer(random, 0, running.length - 1), 1)
      worker?.kill()
      startAfter(startMs)
    },
  }
}
