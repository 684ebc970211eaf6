import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { sessionsOf } from '@aftercall/warehouse/load/settlement'
import { doMapWork, type MapWork } from './map-work.ts'
import {
  type PackedSessions,
  type PackedSettlement,
  packSessions,
  packSettlement,
} from './packed-sessions.ts'

/** What the thread says: groups of sessions, then the end of its work. */
export type ThreadAnswer =
  | ({ kind: 'sessions' } & PackedSessions)
  | { kind: 'mapped'; heapBytes: number; packed: PackedSettlement }
  | { kind: 'unusable'; detail: string; heapBytes: number }

/** The thread that maps what is large, one work after the other. It holds no connection, no environment and no file. */
parentPort?.on('message', (work: MapWork) => {
  const content = work.kind === 'fetched' ? work.fetched.bytes : null
  const worked = doMapWork(work)
  const heapBytes = getHeapStatistics().total_heap_size
  if (worked.kind === 'unusable') return answer({ ...worked, heapBytes })
  for (const group of packSessions(sessionsOf(worked.settlement), content)) {
    answer({ kind: 'sessions', ...group }, [group.bytes])
  }
  answer({ kind: 'mapped', heapBytes, packed: packSettlement(worked.settlement) })
})

function answer(said: ThreadAnswer, handedOver: ArrayBuffer[] = []): void {
  parentPort?.postMessage(said, handedOver)
}
