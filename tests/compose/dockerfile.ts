import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './compose-file.ts'

export type Instruction = { name: string; text: string }
export type Stage = { name: string; from: string; instructions: Instruction[] }

/** The stages of our Dockerfile with their instructions, continued lines joined, comments left out. */
export function readDockerfile(): { args: Record<string, string>; stages: Stage[] } {
  const lines = readFileSync(join(root, 'Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const args: Record<string, string> = {}
  const stages: Stage[] = []
  for (const line of lines) {
    const [, name = '', text = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (name === '') throw new Error(`this is no instruction: ${line}`)
    const stage = stages.at(-1)
    if (name === 'FROM') stages.push(openStage(text))
    else if (stage !== undefined) stage.instructions.push({ name, text })
    else args[text.split('=', 1)[0] ?? ''] = text.slice(text.indexOf('=') + 1)
  }
  return { args, stages }
}

function openStage(text: string): Stage {
  const [, from = '', name = ''] = /^(?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(text) ?? []
  if (name === '') throw new Error(`a stage needs a name: FROM ${text}`)
  return { name, from, instructions: [] }
}

/** All that holds in an image: of its stage and those below it, the lowest first. */
export function instructionsOf(target: string): Instruction[] {
  const { stages } = readDockerfile()
  const stage = stages.find(({ name }) => name === target)
  if (stage === undefined) throw new Error(`the Dockerfile has no target ${target}`)
  const isBelow = stages.some(({ name }) => name === stage.from)
  return [...(isBelow ? instructionsOf(stage.from) : []), ...stage.instructions]
}

/** The last one of a name, which is the one that holds; written as a JSON array, so that no shell stands between. */
export function execFormOf(target: string, name: 'ENTRYPOINT' | 'CMD' | 'HEALTHCHECK'): string[] {
  const last = instructionsOf(target).findLast((one) => one.name === name)
  const [array] = /\[.*\]$/.exec(last?.text ?? '') ?? []
  if (array === undefined) throw new Error(`${target} has no ${name} in exec form`)
  return JSON.parse(array) as string[]
}

export function environmentOf(target: string): Record<string, string> {
  const pairs = instructionsOf(target)
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ text }) => text.split(/\s+/))
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)))
}
