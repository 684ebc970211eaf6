import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { invariantsOf, listFiles, root } from '../spec/list-tests.ts'

/** What a model says about itself, in its comments. */
export type Model = {
  /** Path below the root. */
  file: string
  properties: { name: string; statement: string; invariants: string[] }[]
  /** What a step of the model stands for. */
  places: { name: string; file: string; step: string }[]
  /** A definition that breaks the model, and the property that is then violated. */
  broken: { name: string; what: string; violates: string }[]
}

export function listModels(): Model[] {
  return listFiles('tests/models/*.pml').map((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return {
      file,
      properties: [...text.matchAll(/^bool ((?:I\d+|rollups|erasure)_\w+) = true;\s*\/\* (.+) \*\/$/gm)].map(
        ([, name = '', statement = '']) => ({
          ...{ name, statement },
          invariants: invariantsOf(name.replaceAll('_', ' ')),
        }),
      ),
      places: [...text.matchAll(/^\/\* stands for (\S+) in (\S+): (.+) \*\/$/gm)].map(
        ([, name = '', place = '', step = '']) => ({ name, file: place, step }),
      ),
      broken: [...text.matchAll(/^\/\* broken (\w+): (.+); violates (.+) \*\/$/gm)].map(
        ([, name = '', what = '', violates = '']) => ({ name, what, violates }),
      ),
    }
  })
}
