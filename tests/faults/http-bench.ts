import {
  type FaultProxy,
  type FaultRule,
  type ProxiedAnswer,
  type ProxiedRequest,
  startFaultProxy,
} from '@aftercall/testkit/http-fault-proxy'
import { onTestFinished } from 'vitest'
import { type Bench, type BenchOptions, openBench, visibilitySecondsDefault } from '../e2e/bench.ts'
import { endCommands } from '../e2e/command.ts'

/** A bench whose worker reaches S3 and SQS by a proxy that can break every answer; the test itself goes past it. */
export type HttpBench = Bench & { proxy: FaultProxy; proxiedEnv: Record<string, string> }

/** Closed, with every command that runs on it, when the test has finished. */
export async function openHttpBench(options: BenchOptions): Promise<HttpBench> {
  const bench = await openBench(options)
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  onTestFinished(async () => {
    await endCommands()
    await proxy.stop()
    await bench.close()
  })
  return { ...bench, proxy, proxiedEnv: { ...bench.env, AWS_ENDPOINT_URL: proxy.address } }
}

/** The key of the object that is asked for; undefined for any other request. */
export function keyAskedFor({ method, action, path }: ProxiedRequest): string | undefined {
  if (method !== 'GET' || action !== undefined) return undefined
  const [, , ...key] = new URL(path, 'http://proxy').pathname.split('/')
  // A bucket itself can be asked for, too.
  return decodeURIComponent(key.join('/')) || undefined
}

/** Answers what it likes about objects, and passes on what it does not answer. */
export function faultsOfObjects(
  answer: (key: string, forward: () => Promise<ProxiedAnswer>) => Promise<ProxiedAnswer> | undefined,
): FaultRule {
  return (request, forward) => {
    const key = keyAskedFor(request)
    return (key === undefined ? undefined : answer(key, () => forward())) ?? forward()
  }
}

type VisibilityCall = { Entries: { VisibilityTimeout: number }[] }

/** Returned messages come back after one second, not after their delay. Heartbeats are left as they are. */
export function withShortReturns(rule: FaultRule): FaultRule {
  return (request, forward) => {
    if (request.action !== 'ChangeMessageVisibilityBatch') return rule(request, forward)
    const call = JSON.parse(request.body) as VisibilityCall
    for (const entry of call.Entries) {
      if (entry.VisibilityTimeout !== visibilitySecondsDefault) entry.VisibilityTimeout = 1
    }
    const body = JSON.stringify(call)
    return rule({ ...request, body }, (changed) => forward(changed ?? body))
  }
}
