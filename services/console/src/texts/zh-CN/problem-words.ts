import type { FoundProblem } from '@aftercall/operator/problems/found-problem'
import { code, inEnglish, type Words } from '../marked.ts'
import { databaseProblem } from './database-problem.ts'
import { driftType } from './drift.ts'
import { formats } from './formats.ts'
import { workerProblem } from './worker-problem.ts'

type ProblemWords = { what: Words; whatToDo: Words }

const n = formats.number

/** A problem in Chinese: what is wrong, and what to do. */
export function problemWords(found: FoundProblem): ProblemWords {
  switch (found.code) {
    case 'no_worker_known':
    case 'no_worker_running':
    case 'no_worker_receiving':
    case 'workers_lost':
    case 'queue_late':
    case 'dead_letters':
      return workerProblem(found)
    case 'source_empty':
    case 'source_not_announced':
    case 'source_silent':
    case 'objects_failed':
      return sourceProblem(found)
    case 'rejections_open':
    case 'ids_shared':
    case 'times_impossible':
    case 'drift_new':
    case 'backfill_paused':
    case 'reconcile_failed':
      return dataProblem(found)
    default:
      return databaseProblem(found)
  }
}

type Of<Code extends FoundProblem['code']> = Extract<FoundProblem, { code: Code }>

function sourceProblem(
  found: Of<'source_empty' | 'source_not_announced' | 'source_silent' | 'objects_failed'>,
): ProblemWords {
  const { source } = found
  switch (found.code) {
    case 'source_empty':
      return {
        what: `${source}：还没有对象到达。`,
        whatToDo: `写入 ${found.place} 的文件会显示在这里。如果已有文件写入，请检查存储桶是否发送通知。`,
      }
    case 'source_not_announced':
      return {
        what: `${source}：48 小时内没有通知，所有对象都由回填、对账或命令加载。`,
        whatToDo: `如果并非有意只用这种方式加载，请检查 ${found.place} 是否发送通知。`,
      }
    case 'source_silent': {
      const { minutes, expectedObjects, place } = found
      const expected = expectedObjects === null ? '' : `；一天前同一时段到达了 ${n(expectedObjects)} 个对象`
      return {
        what: `${source}：已有 ${formats.span(minutes)}没有数据${expected}。`,
        whatToDo: `请检查是否有工作进程在运行、${place} 是否仍收到文件并发送通知。休息日可能没有文件。`,
      }
    }
    case 'objects_failed':
      return {
        what: `${source}：${atLeast(found.objects)} 个对象失败，尚未存储。`,
        whatToDo: [
          '队列会再投递几次。先解决 ',
          code('aftercall doctor'),
          ' 指出的问题，再重放其余对象：',
          code('aftercall replay --failed'),
        ],
      }
  }
}

/** A count that ended at a bound may be larger. */
function atLeast({ count, about }: { count: number; about: boolean }): string {
  return `${about ? '至少 ' : ''}${n(count)}`
}

function dataProblem(
  found: Of<
    | 'rejections_open'
    | 'ids_shared'
    | 'times_impossible'
    | 'drift_new'
    | 'backfill_paused'
    | 'reconcile_failed'
  >,
): ProblemWords {
  switch (found.code) {
    case 'rejections_open':
      return rejectionsOpen(found)
    case 'ids_shared':
      return {
        what: `${found.source}：最近七天有 ${atLeast(found.ids)} 个 ID 被不同会话共用。表中只保留修订版最新的会话。`,
        whatToDo: [
          '请为每个平台实例配置单独的数据源（存储桶或前缀），然后加载新数据源。另一个原因是文件夹以错误的名称加载（',
          code('load --source'),
          '）。其他文档保存在 ',
          code('warehouse.session_collision'),
          ' 中。',
        ],
      }
    case 'times_impossible': {
      const names = [...new Set(found.kinds.map(({ path, what }) => driftType(what, path)))]
      return {
        what: `${found.sources.join('、')}：七天内出现不可能的时间：${names.join('；')}。`,
        whatToDo:
          '修订版的新旧改由其他时间判断；时钟修正后的导出会照常加载。请告知平台或对象复制任务的管理员。',
      }
    }
    case 'drift_new': {
      const names = [...new Set(found.drift.map(({ path, type, word }) => nameDrift(path, type, word)))]
      return {
        what: `文档中出现未映射的字段、未知词或异常值，首次出现于七天内：${names.slice(0, 3).join('、')}${names.length > 3 ? ' 等' : ''}。`,
        whatToDo: [
          '数据不会丢失：这些字段保存在 ',
          code('extra'),
          ' 列，词和值按原样存储。更新的版本可能会识别它们。',
        ],
      }
    }
    case 'backfill_paused':
      return {
        what: `${found.source}：回填 ${found.runId} 尚未完成，且没有进程在处理。`,
        whatToDo: '在任意一台机器上恢复即可，会从停下的位置继续。',
      }
    case 'reconcile_failed':
      return {
        what: [
          `${found.source}：上次对账失败：`,
          found.error === null ? '原因未知。' : inEnglish(found.error),
        ],
        whatToDo: '重新运行，它会说明停下的原因。',
      }
  }
}

function rejectionsOpen({ sources, counts, isFresh, hasNoSource }: Of<'rejections_open'>): ProblemWords {
  const source = sources.length === 1 && !hasNoSource ? `${sources[0]}：` : ''
  const number = counts.reduce((sum, one) => sum + one.count, 0)
  const about = counts.some((one) => one.about)
  const messages = counts.filter((one) => one.code.startsWith('message_')).length
  const things = messages === 0 ? ' 个对象' : messages === counts.length ? ' 条消息' : ' 个对象和消息'
  const codes =
    counts.length === 1
      ? counts.map((one) => one.code).join('')
      : counts.map((one) => `${one.code} ${n(one.count)}`).join('、')
  return {
    what: `${source}${isFresh ? '最近 24 小时' : '24 小时之前'}有 ${atLeast({ count: number, about })}${things}被拒收（${codes}）。`,
    whatToDo: isFresh
      ? '每种代码各看一条，其中说明如何处理。其他文件照常加载。'
      : '排除原因后重放；否则忽略它们。',
  }
}

function nameDrift(path: string, type: string, word: string | null): string {
  if (word !== null) return `${path} 的词“${word}”`
  return driftType(type, path)
}
