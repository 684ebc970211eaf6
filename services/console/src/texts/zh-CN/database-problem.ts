import type { DatabaseProblem } from '@aftercall/operator/problems/found-problem'
import type { OverviewPart } from '@aftercall/warehouse/console/overview-types'
import { code, type Words } from '../marked.ts'
import { formats } from './formats.ts'

const n = formats.number

/** Problems of the tables and of maintenance. */
export function databaseProblem(found: DatabaseProblem): { what: Words; whatToDo: Words } {
  switch (found.code) {
    case 'migrations_pending':
      return {
        what: `有 ${n(found.migrations)} 个迁移待执行。`,
        whatToDo: '请执行迁移。在此之前，本版本的工作进程不接收消息。',
      }
    case 'retention_held':
      return {
        what: ['清理已暂停：上次 ', code('aftercall maintain'), ` 没有删除任何数据（${found.haltCode}）。`],
        whatToDo: '数据没有丢失。该命令会说明原因和处理方法。',
      }
    case 'rows_in_default_partition': {
      const rows = found.tables.reduce((sum, one) => sum + one.rows.count, 0)
      const atLeast = found.tables.some((one) => one.rows.about) ? '至少 ' : ''
      return {
        what: `${n(found.tables.length)} 个表中有 ${atLeast}${n(rows)} 行在默认分区等待：到达时当月还没有分区。`,
        whatToDo: '请将它们移到各自的分区。在此之前查询结果正确，但较慢。',
      }
    }
    case 'sessions_outside_months':
      return {
        what: [
          `${found.sessions.about ? '至少 ' : ''}${n(found.sessions.count)} 个会话的 `,
          code('created_at'),
          ' 超出有分区的月份。',
        ],
        whatToDo: [
          '它们保存在默认分区。',
          code('aftercall doctor'),
          ' 会列出月份；如果时间无误，请调大 ',
          code('months.yearsBack'),
          '。',
        ],
      }
    case 'months_missing':
      return {
        what: `${found.months.join('、')} 还没有分区。`,
        whatToDo: '请提前创建。否则由第一个需要它的工作进程创建，并等待锁。',
      }
    case 'rollups_late':
      return {
        what: `按日和按小时的统计缺少 ${formats.span(found.minutes)}前的变更；${n(found.hours)} 个小时待更新。`,
        whatToDo: '数据没有丢失。大批量加载之后请稍候；否则请检查是否有工作进程在运行，或立即更新。',
      }
    case 'rollups_differ':
      return {
        what: `${found.day} 按日和按小时的统计有 ${n(found.rows)} 行与会话不一致。`,
        whatToDo: '会话数据是正确的。请重新统计当天，并查明是什么手动改动了数据。',
      }
    case 'reads_too_slow':
      return {
        what: `以下读取超时：${found.parts.map((part) => partNames[part]).join('、')}。`,
        whatToDo: '这些内容暂不显示。通常是大批量加载或服务器繁忙所致；否则请查明数据库变慢的原因。',
      }
  }
}

const partNames: Record<OverviewPart, string> = {
  activity: '最近 48 小时的对象',
  sessions: '已存储会话',
  failing: '失败的对象',
  rejections: '未处理拒收',
  partitions: '分区',
  drift: '结构漂移',
  collisions: '共用 ID 的会话',
  runs: '运行',
  retention: '维护',
  workers: '工作进程的报告',
  rollups: '汇总状态',
}
