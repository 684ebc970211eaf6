import type { Target } from '../target.ts'
import { allocateTooMuch, failBehindThreeBytes, neverEnd, takeTooMuch } from './readers.ts'

function plant(name: string, read: Target['read']): () => Promise<Target> {
  return async () => ({
    ...{ name, read, form: 'text', bytesMax: 1_024, words: ['F', 'U', 'Z', ',', '!'] },
    seeds: () => [Buffer.from('a,b!')],
    bound: { steps: { least: 1_000, perByte: 20 }, allocated: { least: 300_000, perByte: 200 } },
  })
}

/** Not among the targets of `--all`. */
export const plantedTargets = {
  'planted-error': plant('planted-error', failBehindThreeBytes),
  'planted-steps': plant('planted-steps', takeTooMuch),
  'planted-allocation': plant('planted-allocation', allocateTooMuch),
  'planted-loop': plant('planted-loop', neverEnd),
}
