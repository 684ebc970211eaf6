import { z } from 'zod'

/** With port 0 the system chooses one. */
export function listenAddress(port: number) {
  return z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(port),
  })
}
