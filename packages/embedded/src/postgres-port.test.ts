import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findFreePort } from './free-port.ts'
import { startPostgres } from './postgres.ts'
import { makeEnterableFolder } from './server-identity.ts'

vi.mock('./free-port.ts', { spy: true })

test('if another process takes the free port, another one is chosen', async () => {
  const base = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  await rm(base, { recursive: true })
  await makeEnterableFolder(base)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  vi.mocked(findFreePort).mockResolvedValueOnce(port)
  const postgres = await startPostgres({ dataDir: join(base, 'data') })
  try {
    expect(postgres.port).not.toBe(port)
    expect(findFreePort).toHaveBeenCalledTimes(2)
  } finally {
    await postgres.stop()
    other.close()
    await rm(base, { recursive: true })
  }
})
