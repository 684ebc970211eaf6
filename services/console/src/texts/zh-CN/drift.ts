import type { Texts } from '../en.ts'
import { code } from '../marked.ts'
import { formats } from './formats.ts'

/** What is unusual about values, by the text under which drift is recorded. */
const types: Readonly<Record<string, string>> = {
  string: '字符串',
  number: '数字',
  boolean: '布尔值',
  object: '对象',
  array: '数组',
  'negative duration': '负时长',
  'duration over a day': '时长超过一天',
  'doubled row': '重复的行',
  'time without offset': '时间没有时区',
  'element without an id': '元素没有 ID',
  'unstorable value': '无法存储的值',
  'more places than are kept': '位置过多，未全部记录',
  'later than its object': '晚于对象的时间',
  'before created_at': '早于 created_at',
  'an event later than its object': '有事件晚于对象的时间',
  "the object's time does not fit the session": '对象的时间与会话不符',
}

/** What is unusual, and where; a JSON type alone says nothing about its field. */
export function driftType(type: string, path: string): string {
  const name = typeName(type)
  if (path === '*') return name
  return ['string', 'number', 'boolean', 'object'].includes(type) ? path : `${path} ${name}`
}

function typeName(type: string): string {
  return types[type] ?? type.replace('word unknown to ', '未知词，词表 ')
}

export const drift: Texts['drift'] = {
  title: '结构漂移',
  titleOf: (source) => `${source} 的结构漂移`,
  lead: [
    '未映射到列的字段，以及词表中没有的词。数据不会丢失：字段保存在所在行的 ',
    code('extra'),
    ' 列，词按原样存储。更新的版本可能会识别它们。负时长、超过一天的时长和重复的行也列在这里，均按原样存储。',
  ],
  none: '所有字段都已映射到列',
  noneText: '未知字段和词会显示在这里，包括路径和出现次数。',
  cut: '只显示最常见的部分。',
  documents: '文档',
  firstSeen: '首次出现',
  lastSeen: '最近出现',
  example: '示例',
  history: '历史',
  sources: '数据源',
  words: '词',
  wordCount: (count) => `${formats.number(count)} 个词，按词表排列`,
  word: '词',
  vocabulary: '词表',
  column: '列',
  fields: '字段',
  pathCount: (count) => `${formats.number(count)} 个路径，最常见的在前`,
  path: '路径',
  type: '类型',
  typeName,
  about: (documents) => (documents < 1_000 ? formats.number(documents) : `约 ${formats.number(documents)}`),
  ofSource: (source, channel) => `${source}，${channel === 'call' ? '通话' : '聊天'}`,
  semicolon: '；',
}
