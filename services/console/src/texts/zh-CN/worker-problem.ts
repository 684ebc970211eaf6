import type { WorkerProblem } from '@aftercall/operator/problems/found-problem'
import type { QueueState } from '@aftercall/warehouse/console/read-worker-state'
import { code, type Words } from '../marked.ts'
import { formats } from './formats.ts'
import { hostWords } from './host-words.ts'

const n = formats.number

/** Problems of workers and their queues. */
export function workerProblem(found: WorkerProblem): { what: Words; whatToDo: Words } {
  switch (found.code) {
    case 'no_worker_known':
      return {
        what: '没有已知的工作进程：一天内没有任何进程报告，队列状态未知。',
        whatToDo: [
          '启动一个：',
          code('aftercall worker'),
          '。没有工作进程时，只有回填和 ',
          code('aftercall load'),
          ' 会存储会话；如果本来就是这样打算的，可忽略此提示。',
        ],
      }
    case 'no_worker_running': {
      const { wasStopped, silentSeconds, waitingMessages } = found
      const waited = waitingMessages === 0 ? '' : `；当时队列中有 ${n(waitingMessages)} 条消息在等待`
      const ago = formats.span(Math.floor(silentSeconds / 60))
      return {
        what: wasStopped
          ? `没有工作进程在运行：最后一个于 ${ago}前停止${waited}。`
          : `已有 ${ago}没有工作进程报告${waited}。`,
        whatToDo: '启动工作进程。在此之前，新消息在队列中等待，不会丢失。',
      }
    }
    case 'no_worker_receiving': {
      const last = found.lastErrorCode === null ? '' : `最近一次失败：${found.lastErrorCode}。`
      return {
        what: `${n(found.workers)} 个工作进程在运行，但都没有接收消息。${last}`,
        whatToDo: '查看工作进程的 /readyz 或日志，两者都会说明它在等什么。',
      }
    }
    case 'workers_lost': {
      const others = found.hosts.length > 3 ? ' 等' : ''
      return {
        what: `${n(found.hosts.length)} 个工作进程超过一分钟没有报告：${found.hosts.slice(0, 3).map(hostWords).join('；')}${others}。`,
        whatToDo: '其他工作进程继续运行。这些进程已被强行终止，或无法连接数据库。',
      }
    }
    case 'queue_late':
      return {
        what: `${nameQueue(found.queue)} 积压：${n(found.queue.waiting ?? 0)} 条消息在等待，最久的已等待约 ${formats.span(Math.floor(found.oldestSeconds / 60))}。`,
        whatToDo: '增加工作进程，或查明数据库变慢的原因。',
      }
    case 'dead_letters':
      return {
        what: `${nameQueue(found.queue)} 有 ${n(found.messages)} 条死信：失败次数过多的消息。`,
        whatToDo: ['排除原因后重放：', code('aftercall replay --dead-letters')],
      }
  }
}

function nameQueue({ name, url }: QueueState): string {
  return `${name === 'live' ? '队列' : '回填队列'} ${url.slice(url.lastIndexOf('/') + 1)}`
}
