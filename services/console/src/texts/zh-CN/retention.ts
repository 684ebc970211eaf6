import type { Texts } from '../en.ts'
import { code } from '../marked.ts'
import { formats } from './formats.ts'
import { hostWords } from './host-words.ts'

const n = formats.number

export const retention: Texts['retention'] = {
  title: '保留期限',
  lead: [
    '保留哪些数据、保留多久、现有多少。期限在配置中设置：会话用 ',
    code('sources[].retentionMonths'),
    '，其他数据用 ',
    code('retention'),
    '。',
  ],
  caption: '最近一次维护时的情况',
  columns: {
    kind: '数据',
    kept: '保留期限',
    rows: '行数',
    oldest: '最早',
    removed: '上次删除',
    tidied: '上次清理',
  },
  always: '永久',
  period: ({ count, unit }) => `${n(count)} ${unit === 'days' ? '天' : '个月'}`,
  rows: (rows, isEstimate) => (isEstimate ? `约 ${n(rows)}` : n(rows)),
  notCounted: '未统计',
  unknown: '未知',
  none: '无',
  ofSource: (kind, source) => [`${kind}：`, source],
  lastRun: (ended, host) => ['最近一次维护结束于', ended, '，主机 ', hostWords(host), '。'],
  heldBack: (why) => ['清理已暂停，没有删除任何数据：', why],
  emptyTitle: '还没有执行过维护',
  empty: ['这里显示 ', code('aftercall maintain'), ' 最近一次运行的结果。请每天运行一次。'],
  dryRun: '查看下次维护会删除哪些数据：',
  act: '维护数据库…',
  kinds: {
    session: ['会话', '连同为其存储的全部数据'],
    document: ['原始文档', '包括 ID 被其他会话占用的会话的文档'],
    revision: ['修订记录', '每个修订版何时到达、来自哪个对象'],
    ledger: ['台账', '每个对象的结果；仍在失败或有未处理拒收的除外'],
    rejection: ['拒收', '自关闭起计算；未处理的保留'],
    rejection_content: ['被拒收的内容', '无论处于什么状态'],
    drift: ['结构漂移', '字段和取值，自最后一次出现起计算'],
    action: ['操作', '自结束起计算'],
    backfill_run: ['回填运行', '自完成起计算'],
    reconcile_run: ['对账运行', '最近一次成功的除外'],
    maintenance_run: ['维护运行', '最近一次成功的除外'],
    worker: ['心跳', '已停止的工作进程及其队列的心跳'],
  },
}
