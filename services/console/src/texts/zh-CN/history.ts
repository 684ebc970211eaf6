import type { Texts } from '../en.ts'
import { code } from '../marked.ts'
import { formats } from './formats.ts'

export const objects: Texts['objects'] = {
  title: '对象',
  lead: '存储桶中收到通知或被发现的每个对象，按键排序。只能筛选有索引的结果：大多数对象都已存储。',
  outcome: '结果',
  allOutcomes: '全部结果',
  keyBegins: '键的开头',
  keyHint: '限单个数据源',
  none: '没有找到对象',
  all: '全部对象',
  caption: (count) => `本页 ${formats.number(count)} 个对象`,
  object: '对象',
  session: '会话',
  ended: '结束时间',
  size: '大小',
}

export const sessions: Texts['sessions'] = {
  title: '会话',
  newestOfAll: '全部数据源的最新会话',
  channel: '渠道',
  orDay: '或当地日期',
  none: '这里没有会话',
  newest: '全部数据源的最新会话',
  caption: (count, day) =>
    `本页 ${formats.number(count)} 个会话，${day === null ? 'ID 从大到小' : `日期 ${day}`}`,
  session: '会话',
  started: '开始时间',
  type: '类型',
  outcome: '结果',
  noneYet: '还没有会话',
  noneYetText: '每个数据源的最新会话会显示在这里。',
  recent: '最近的会话',
  recentCaption: '每个数据源 ID 最大的会话',
  stored: '存储时间',
  revisions: '修订版',
}

const howToSearch = [
  '可以搜索 ',
  code('s3://BUCKET/KEY'),
  '、',
  code('SOURCE/call/ID'),
  ' 或 ',
  code('SOURCE/chat/ID'),
  '，也可以搜索 ID、文件名或键的开头。',
]

export const history: Texts['history'] = {
  notFound: '未找到',
  unknown: (place) => {
    switch (place) {
      case 'text':
        return ['没有找到与此相符的会话或对象。', ...howToSearch]
      case 'object':
        return [
          '台账中没有该对象：没有收到它的通知，或消息仍在队列中。',
          code('aftercall reconcile'),
          ' 会找到没有通知的对象。',
        ]
      case 'session':
        return '该会话没有已存储的修订版。如果知道文件的键，请搜索键。'
    }
  },
  withThisId: 'ID 相符的会话',
  foundObjects: '键以此开头，或曾包含此会话；最多 50 个',
  happened: '处理过程',
  theObject: '对象信息',
  bytes: (bytes) => `${formats.number(bytes)} 字节`,
  lastModified: '最后修改',
  firstSeen: '首次出现',
  version: '版本',
  sequencer: '序列号',
  receives: '接收次数',
  receiveCount: (count) => `最近一次投递接收 ${formats.number(count)} 次`,
}

export const stored: Texts['stored'] = {
  title: '已存储的内容',
  latestEvent: '最近事件',
  firstStored: '首次存储',
  lastStored: '最近存储',
  revisionsAccepted: '接受的修订版',
  idAndTimes: 'ID 与时间',
  wrongClock: (said, used) => ['文档中的更新时间 ', said, ' 不可能成立，修订版改按 ', used, ' 排序。'],
  sharedId: (count, hasMore) => [
    `${hasMore ? '超过 ' : ''}${formats.number(count)} 个其他会话的 ID 与此相同。表中只保留修订版最新的会话，其他会话的文档保存在 `,
    code('warehouse.session_collision'),
    ' 中。请为每个平台实例配置一个数据源。',
  ],
  sharedCaption: 'ID 相同但未存储的会话',
  lastSeen: '最近出现',
  rowsByTable: '各表行数',
  emptyTables: (count) => `另外 ${formats.number(count)} 个表没有数据。`,
  revisions: '修订版',
  revisionsCaption: '按顺序列出接受的修订版；存储的是最后一个',
  updated: '更新时间',
  changes: '各修订版的变化',
  firstExport: '首次导出',
  revision: (number) => `修订版 ${formats.number(number)}`,
  changesUnknown: ['未知：', code('raw'), ' 没有同时保留两个文档'],
  onlyTimes: '只有时间或顺序不同',
}
