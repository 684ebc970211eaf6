import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const demoState = z.object({ pid: z.int(), databaseUrl: z.string() })

export type DemoState = z.output<typeof demoState>

/** Lets `aftercall sql` find a running demo. Only its own user can read it: it holds the demo's password. */
function placeOfState(): string {
  return join(tmpdir(), `aftercall-demo-${userInfo().uid}.json`)
}

export async function writeDemoState(state: DemoState): Promise<void> {
  await rm(placeOfState(), { force: true })
  await writeFile(placeOfState(), JSON.stringify(state), { mode: 0o600, flag: 'wx' })
}

export async function removeDemoState(pid: number): Promise<void> {
  const state = await readDemoState()
  if (state?.pid === pid) await rm(placeOfState(), { force: true })
}

/** The demo that runs now, if one does. */
export async function readDemoState(): Promise<DemoState | undefined> {
  try {
    const state = demoState.parse(JSON.parse(await readFile(placeOfState(), 'utf8')))
    process.kill(state.pid, 0)
    return state
  } catch {
    // No file, another user's file, or a demo that is gone: there is none to find.
    return undefined
  }
}
