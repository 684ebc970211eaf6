import type { Texts } from '../en.ts'
import { formats } from './formats.ts'

const names: Texts['outcomes']['names'] = {
  stored: '已存储',
  superseded: '已被取代',
  duplicate: '重复',
  ignored: '已忽略',
  missing: '缺失',
  rejected: '已拒收',
  failed: '失败',
}

/** Counts of runs and actions; one that is not listed is shown by its name. */
const counts: Readonly<Record<string, string>> = {
  ...names,
  listed: '已列出',
  toLoad: '待加载',
  current: '无变化',
  outdated: '已过时',
  gone: '已不在桶中',
  'rejected before': '此前已拒收',
  elsewhere: '在其他前缀下',
  'too-early': '早于起始时间',
  'too-late': '晚于截止时间',
  undated: '没有日期',
  announced: '已送入队列',
  notKept: '未保留内容',
  cut: '只保留了部分',
  changed: '状态已改变',
  made: '已新建的月份分区',
  drained: '已清空的默认分区',
  dropped: '已删除的分区',
  deleted: '已删除的月份',
}

export const outcomes: Texts['outcomes'] = {
  names,
  meaning: {
    stored: '数据行与台账记录在同一事务中提交',
    superseded: '该会话已存储更新的修订版，未做改动',
    duplicate: '相同内容已存储过，未做改动',
    missing: '读取时对象已不存在（S3 本身返回 404）',
    ignored: '没有需要存储的内容',
    rejected: '内容无法使用，重试也没有用',
    failed: '稍后可能成功，会自动重试',
  },
  count: (number, name) => `${counts[name] ?? name} ${formats.number(number)}`,
  noObjects: '没有对象',
}

export const objectSteps: Texts['objectSteps'] = {
  announced: '收到通知',
  announcedBy: (event) => (event === null ? '事件没有名称' : `事件 ${event}`),
  fetched: '已读取',
  unknownSize: '大小未知',
  documents: (count) => `${formats.number(count)} 个文档`,
  removed: '已从存储桶删除',
  removedText: '其数据行保留',
  ended: (name, code) => (code === null ? name : `${name}：${code}`),
  afterAnnounced: (duration) => `距收到通知 ${duration}`,
  delivered: (times) => `投递 ${times}`,
  rejection: (id, state) => `拒收记录 ${id}，${state}`,
  rejectionText: (code, detail, seen, link) => [`${code}：`, detail, `；出现 ${seen}。`, link],
  whatToDo: '如何处理',
}
