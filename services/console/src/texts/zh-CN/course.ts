import type { SessionOutcome } from '@aftercall/metadata/derive/derive-outcome'
import type { VirtualAgentOutcome } from '@aftercall/metadata/derive/derive-virtual-agents'
import type { EntryOutcome } from '@aftercall/metadata/derive/entry-outcome'
import type { Texts } from '../en.ts'
import { formats } from './formats.ts'

const n = formats.number

/** How sessions, stays in a queue and handlings by a virtual agent ended. Complete, as the compiler finds. */
const outcomes: Record<SessionOutcome | EntryOutcome | VirtualAgentOutcome, string> = {
  handled: '已处理',
  answered: '已接听',
  self_served: '自助完成',
  resolved: '已解决',
  voicemail: '语音留言',
  deflected: '已分流',
  abandoned: '放弃',
  abandoned_in_queue: '排队中放弃',
  abandoned_in_menu: '菜单中放弃',
  abandoned_with_virtual_agent: '虚拟座席阶段放弃',
  left: '客户离开',
  no_contact: '未接通',
  returned: '已退回',
  escalated_answered: '转人工后接听',
  escalated_abandoned: '转人工后放弃',
  escalated_deflected: '转人工后分流',
  escalated_other: '转人工，其他结果',
  canceled: '已取消',
  expired: '已超时',
  failed: '失败',
  open: '进行中',
}

/** Frequent words of the platform. Another one is shown as it was sent. */
const platformWords: Readonly<Record<string, string>> = {
  ...outcomes,
  in_sla: '服务水平内',
  not_in_sla: '超出服务水平',
  excluded: '不计入服务水平',
  short_abandoned: '短时放弃',
  finished: '已完成',
  transferred: '已转接',
  transferring: '转接中',
  escalated: '已转人工',
  escalating: '转人工中',
  failed_transfer: '转接失败',
  voicemail_received: '已留言',
  other: '其他',
  callback: '回拨',
  transfer_expired: '转接超时',
  unknown: '未知',
  missed: '未接',
  not_reached: '未接通',
  reached: '已接通',
  contained: '自助完成',
  dismissed: '已关闭',
  va_dismissed: '虚拟座席关闭',
  no_response: '无回应',
  after_hours: '非工作时间',
  no_deflection: '未分流',
  default: '默认',
  virtual_agent: '虚拟座席',
  agent: '座席',
  end_user: '客户',
  cascade: '逐级分配',
  left_queue: '离开队列',
  by_end_user_ask: '客户要求转人工',
  by_end_user_message: '客户消息触发',
  by_virtual_agent: '虚拟座席决定',
  by_human_agent: '座席决定',
  eu_abandoned: '客户在排队时放弃',
  eu_in_menu_abandoned: '客户在菜单中放弃',
  eu_canceled: '客户取消',
  eu_no_answer: '客户未接听',
  ag_canceled: '座席取消',
  ag_ignored: '座席未接',
}

/** The parts of the platform's names of session types. */
const typeParts: readonly (readonly [RegExp, string])[] = [
  [/^Voice /, '语音'],
  [/^Messaging /, '消息'],
  [/Inbound/, '呼入'],
  [/Outbound/, '呼出'],
  [/Scheduled/, '预约'],
  [/Callback/, '回拨'],
  [/Campaign/, '外呼活动'],
  [/Internal/, '内部'],
  [/via Mobile/, '经手机'],
  [/via API/, '经 API'],
  [/Web Chat/, '网页聊天'],
  [/Mobile Chat/, '手机聊天'],
  [/Mobile/, '手机'],
  [/Web/, '网页'],
  [/Direct/, '直拨'],
  [/Extension/, '分机'],
]

export const course: Texts['course'] = {
  title: '会话过程',
  parts: (count) => `${n(count)} 个环节`,
  more: (count) => `环节过多，一页放不下；只显示前 ${n(count)} 个。`,
  nothing: '文档没有菜单、排队、座席或转接的信息。',
  caption: (timeless) =>
    timeless === 0 ? '按时间排序' : `按时间排序；${n(timeless)} 个环节没有时间，无法绘出`,
  comma: '，',
  part: '环节',
  who: '参与方',
  from: '开始',
  to: '结束',
  length: '时长',
  kinds: {
    menu: '菜单',
    virtual_agent: '虚拟座席',
    hold_virtual_agent: '等待时的虚拟座席',
    queue: '排队',
    talk: '通话',
    wrap_up: '后处理',
    barge: '强插',
    attempt: '呼叫尝试',
    consumer: '客户',
    transfer: '转接',
    survey: '满意度调查',
    recording: '录音',
    escalation: '转人工',
    deflected_escalation: '转人工被分流',
    deflection: '分流',
    offer: '分配座席',
    sms: '短信',
  },
  events: '事件',
  agent: (number) => (number === null ? '座席' : `座席 ${number}`),
  virtualAgent: (id) => `虚拟座席 ${id}`,
  toAgent: (number) => `转给座席 ${number}`,
  toVirtualAgent: (id) => `转给虚拟座席 ${id}`,
  seconds: (seconds) => {
    if (seconds < 90 || seconds >= 3_600) return formats.duration(seconds * 1_000)
    const rest = Math.floor(seconds) % 60
    const minutes = formats.duration(Math.floor(seconds / 60) * 60_000)
    return rest === 0 ? minutes : `${Math.floor(seconds / 60)} 分 ${rest} 秒`
  },
  word: (word) => platformWords[word] ?? word,
  sessionType: (type) =>
    typeParts
      .reduce((text, [part, words]) => text.replace(part, words), type)
      .replace(/ ?\((.*)\)$/, '（$1）'),
  channels: { call: '通话', chat: '聊天' },
  target: (length) => `目标 ${length}`,
  hold: (length) => `保持 ${length}`,
  wrapUp: (length) => `后处理 ${length}`,
  fromTime: (time) => `始于 ${time}`,
  drawing: '会话图',
  drawingLabel: (parts, tracks) => `时间轴：${n(tracks)} 条轨道，${n(parts)} 个环节；表格内容相同`,
  leftOut: (duration) => `省略 ${duration}`,
  styles: {
    menu: '菜单',
    virtual: '虚拟座席',
    wait: '排队',
    'wait-in': '排队，服务水平内',
    'wait-out': '排队，超出服务水平（虚线为目标）',
    talk: '通话',
    wrap: '后处理',
    barge: '强插',
    attempt: '呼叫尝试',
    consumer: '客户',
  },
  held: '末尾浅色：保持，文件没有记录其时间',
  curve: '曲线：转接（虚线为未接）',
}
