import { createReadNote } from '@aftercall/operator/failure-codes/failure-note'
import type { Texts } from '../en.ts'
import { calls } from './call-notes.ts'
import { database } from './database-notes.ts'
import { formats } from './formats.ts'
import { keys } from './key-notes.ts'
import { documents, ignored, messages, others } from './object-notes.ts'

const noteOf = createReadNote({ calls, database, documents, messages, others, ignored, keys })

export const rejections: Texts['rejections'] = {
  title: '拒收',
  titleOf: (source) => `${source} 的拒收`,
  lead: '无法直接使用的对象和消息，重试也没有用。每一条都连同原因保留，直到被重放或忽略。',
  ofAllSources: '全部数据源的拒收',
  nothing: '没有拒收',
  nothingText: '拒收会按原因显示在这里，并说明如何处理。',
  caption: '未处理的拒收，按原因',
  reason: '原因',
  open: '未处理',
  toDo: '处理方法',
  sources: '数据源',
  firstSeen: '首次出现',
  lastSeen: '最近出现',
  lookAtEach: '逐条查看原因',
  repaired: '排除原因之后',
  repairedText: '此命令重放全部。仍无法使用的会留在这里。',
}

export const rejectionGroup: Texts['rejectionGroup'] = {
  lead: ({ meaning, toDo }) => `${meaning}。处理方法：${toDo}。`,
  ofSource: (source, all) => ['数据源 ', source, '。', all],
  ofAllSources: '查看全部数据源',
  state: '状态',
  states: { open: '未处理', replayed: '已重放', ignored: '已忽略' },
  none: (state) => `没有${rejectionGroup.states[state]}的此类拒收`,
  all: '全部拒收',
  older: '更早的拒收',
  replayPicked: '重放所选…',
  ignorePicked: '忽略所选…',
  reopenPicked: '重新打开所选…',
  caption: (count) => `本页 ${formats.number(count)} 条拒收，最近的在前`,
  place: '对象或消息',
  detail: '详细原因',
  seen: '次数',
  times: (count) => `${formats.number(count)} 次`,
  replayAll: '全部重放…',
  ignoreAll: '全部忽略…',
  message: (id) => (id === null ? '没有 ID 的消息' : `消息 ${id}`),
}

export const rejection: Texts['rejection'] = {
  title: (id) => `拒收记录 ${id}`,
  note: noteOf,
  whatToDo: '如何处理',
  advice: ({ kind }, code) => {
    switch (kind) {
      case 'nothing':
        return '无需处理：已重放。'
      case 'repair':
        return `${noteOf(code)?.toDo ?? '查看原因；更新的版本可能知道如何处理'}。`
      case 'see':
        return '查看内容（含个人数据）'
      case 'replay':
        return '然后重放'
      case 'replay_kept':
        return '或不经存储桶，重放保留的内容'
      case 'ignore':
        return '或忽略它'
    }
  },
  colon: '：',
  replay: '重放…',
  replayKept: '用保留的内容重放…',
  ignore: '忽略…',
  reopen: '重新打开…',
  noSource: '无：没有为它配置数据源',
  history: '历史',
  historyOfObject: '对象的历史',
  version: '版本',
  size: '大小',
  sizes: (bytes, kept) => {
    if (bytes === null) return '未知：没有读取'
    if (kept === null) return `${formats.bytes(bytes)}，已不再保留`
    return kept < bytes
      ? `${formats.bytes(bytes)}，保留了前 ${formats.bytes(kept)}`
      : `${formats.bytes(bytes)}，已保留`
  },
  inLedger: '台账',
  noObject: '无：消息没有指明对象',
  notInLedger: '台账中没有该对象',
  since: (outcome, code, when) => [`${outcome}${code === null ? '' : `（${code}）`}，始于 `, when],
}
