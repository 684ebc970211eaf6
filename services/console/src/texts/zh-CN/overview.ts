import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { Texts } from '../en.ts'
import type { Words } from '../marked.ts'
import { formats } from './formats.ts'
import { problemWords } from './problem-words.ts'

export const overview: Texts['overview'] = {
  title: '概览',
  states: { flowing: '一切正常', attention: '需要关注', stopped: '已停止', waiting: '等待中' },
  status: wordStatus,
  sources: (count) => (count === 0 ? '数据源' : `${formats.number(count)} 个数据源`),
  noSource: '还没有数据源',
  noSourceText: ['工作进程启动后，它加载的数据源会显示在这里。'],
  sessionsByDay: '每日会话数',
  objectsByTime: '对象数走势',
  span: '时间范围',
  nothingInSpan: '这段时间没有数据',
  nothingInSpanText: '新数据到达后会显示在这里。',
}

function wordStatus(status: OverallStatus): Words {
  switch (status.state) {
    case 'stopped':
      return [
        problemWords(status.worst).what,
        status.others === 0 ? '' : `另有 ${formats.number(status.others)} 个问题。`,
      ].flat()
    case 'attention': {
      const last = status.minutes === null ? '' : wordLast(status.minutes)
      return `数据正常流动，但有 ${formats.number(status.warnings)} 个问题需要处理。${last}`
    }
    case 'flowing':
      return `数据正常流动。${wordLast(status.minutes)}`
    case 'waiting':
      return wordWaiting(status)
  }
}

function wordWaiting(status: OverallStatus & { state: 'waiting' }): string {
  switch (status.reason) {
    case 'no_source':
      return '还没有数据源。启动工作进程后，其数据源会显示在这里。'
    case 'nothing_arrived':
      return '还没有数据到达。'
    case 'reports_unread':
      return `无法读取工作进程的报告。${wordLast(status.minutes)}`
    case 'no_worker_known':
      return `没有已知的工作进程。${wordLast(status.minutes)}`
  }
}

function wordLast(minutes: number): string {
  return minutes < 1 ? '刚刚处理过一个对象。' : `最近一个对象于 ${formats.span(minutes)}前处理。`
}

export const problems: Texts['problems'] = {
  words: problemWords,
  severities: { critical: '严重', warning: '警告', notice: '提示' },
  count: (others, notices) =>
    [
      ...(others === 0 ? [] : [`${formats.number(others)} 个问题`]),
      ...(notices === 0 ? [] : [`${formats.number(notices)} 条提示`]),
    ].join('，'),
  runbook: '详见运维手册（英文）',
}

export const workers: Texts['workers'] = {
  label: '工作进程与队列',
  workers: '工作进程',
  lambda: 'Lambda 函数',
  ran: (silentSeconds) =>
    silentSeconds < 60 ? '一分钟内运行过' : `上次运行于 ${formats.span(Math.floor(silentSeconds / 60))}前`,
  queue: (name, isOnly) => (isOnly ? '队列' : name === 'live' ? '实时队列' : '回填队列'),
  state: ({ waiting, inFlight, delayed, oldestSeconds, deadLetters }) => {
    const oldest = oldestSeconds === null ? '' : `，最久的已等待约 ${formats.duration(oldestSeconds * 1_000)}`
    const dead = deadLetters === null ? '' : ` · 死信 ${formats.number(deadLetters)} 条`
    const held = ` · 处理中或延迟 ${formats.number((inFlight ?? 0) + (delayed ?? 0))} 条`
    return `等待 ${formats.number(waiting ?? 0)} 条${oldest}${held}${dead}`
  },
}

export const sourceCard: Texts['sourceCard'] = {
  lastData: '最近数据',
  processed: '24 小时处理量',
  dayBefore: (objects) => `前一个 24 小时 ${formats.number(objects)}`,
  lag: '延迟',
  freshness: '时效',
  within: (p95, isLastHour) => `95% 不超过 ${p95}，最近${isLastHour ? '一小时' : ' 24 小时'}`,
  sessionsStored: '已存储会话',
  openRejections: '未处理拒收',
  waiting: '等待中',
  healthy: '正常',
  nothingAnnounced: '48 小时内没有通知',
  announced: (ago) => ['最近通知：', ago],
}

export const sourcePage: Texts['sourcePage'] = {
  lastHours: '最近 48 小时的对象',
  lookCloser: '进一步查看',
  sessions: '会话',
  objects: '对象',
  byKey: '按键查看',
  failing: '失败待重试',
  days: '按日',
  completeness: '完整性',
  drift: '结构漂移',
  unknownFields: '未知字段',
}

export const chart: Texts['chart'] = {
  spans: {
    '1h': { name: '1 小时', unit: '分钟', first: '60 分钟前', middle: '30 分钟前', last: '现在' },
    '24h': { name: '24 小时', unit: '小时', first: '24 小时前', middle: '12 小时前', last: '现在' },
    '48h': { name: '48 小时', unit: '小时', first: '48 小时前', middle: '24 小时前', last: '现在' },
    '60d': { name: '60 天', unit: '日期', first: '60 天前', middle: '30 天前', last: '今天' },
  },
  label: (span, count) => {
    const spans = { '1h': '最近一小时', '24h': '最近 24 小时', '48h': '最近 48 小时', '60d': '最近 60 天' }
    const things = `${formats.number(count)} 个${span === '60d' ? '会话' : '对象'}`
    return `${spans[span]}共 ${things}，按结果分类；数字见下表`
  },
  nothing: '无',
  unknown: '未知，读取超时',
  rejected: (share) => `（拒收 ${share}）`,
  lag: (p50, p95) => `；延迟中位数 ${p50}，95% 不超过 ${p95}`,
  lagUpTo: (most) => `延迟，最高 ${most}`,
  lagLegend: '深色：中位数；浅色：95 分位',
  rejectedUpTo: (most) => `拒收率，最高 ${most}`,
  asTable: '以表格显示',
  caption: (span) =>
    span === '60d'
      ? '按当地日期统计的已存储会话，来自汇总表；没有会话的日期不列出'
      : `按最近一次结果的${span === '1h' ? '分钟' : '小时'}统计的对象；没有对象的时段不列出`,
  lagP50: '延迟 p50',
  lagP95: '延迟 p95',
}
