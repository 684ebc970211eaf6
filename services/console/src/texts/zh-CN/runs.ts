import type { Texts } from '../en.ts'
import { code } from '../marked.ts'
import { formats } from './formats.ts'
import { hostWords } from './host-words.ts'

const n = formats.number

export const runs: Texts['runs'] = {
  title: '运行',
  retention: '维护保留哪些数据、保留多久',
  backfills: '回填',
  newBackfill: '新建回填…',
  noBackfill: '还没有回填',
  noBackfillText: ['回填在运行期间和结束后显示在这里：', code('aftercall backfill --source NAME')],
  reconciles: '对账',
  noReconcile: '还没有对账',
  noReconcileText: ['定时对账和 ', code('aftercall reconcile --source NAME'), ' 发起的对账都显示在这里。'],
  heading: (id, source) => [`运行 ${id}：`, source],
  states: { running: '运行中', paused: '已暂停', done: '已完成', stopped: '已停止', failed: '失败' },
  place: (address, via, host) =>
    `${address}，${via === 'queue' ? '经队列' : '直接加载'}，主机 ${hostWords(host)}`,
  progressOf: (id) => `运行 ${id} 的进度`,
  soFar: ({ objects, listed, partsDone, parts }, share) =>
    `${formats.share(share)}：已处理 ${n(objects)} / ${n(listed)} 个已列出的对象，完成 ${n(partsDone)} / ${n(parts)} 个分片`,
  left: (ms) => `，已列出的部分约剩 ${formats.duration(ms)}`,
  objects: '对象',
  rate: '速率',
  perSecond: (objects) => `每秒 ${n(objects)} 个`,
  runningFor: '已运行',
  took: '用时',
  lastProgress: '最近进展',
  noProcess: '没有进程在处理。从停下的位置继续：',
  pausedBy: (name) => `由 ${name} 暂停。`,
  resume: '恢复…',
  pause: '暂停…',
  newestFirst: '最新的在前',
  state: '状态',
  found: '发现',
  started: '开始时间',
  purpose: (purpose, host) => {
    const names = { command: '命令', schedule: '定时', poll: '轮询' }
    return `${names[purpose]}，主机 ${hostWords(host)}`
  },
  nothingYet: '暂无',
}

export const newBackfill: Texts['newBackfill'] = {
  title: '新建回填',
  lead: '先由工作进程统计要加载的内容并估算费用，再由您决定。',
  mayOnlyRead: '您只有只读权限',
  whoMayAct: '页面底部说明谁可以执行操作。',
  prefix: '只加载键以此开头的对象（留空：数据源的前缀）',
  since: '起始日期（含）',
  until: '截止日期（不含）',
  maxRate: '每秒最多对象数（留空：存储和实时流量允许的上限）',
  estimate: '估算',
}

export const days: Texts['days'] = {
  title: '每日完整性',
  count: '天数',
  titleOf: (source) => `${source} 的每日完整性`,
  lead: '查看会话是否全部到达。平台为通话和聊天连续编号，没有对应会话的 ID 即为缺失。日期为会话的当地日期。昨天和今天的数据尚未最终确定。',
  counting: '正在统计',
  countingText: '统计所需时间超过页面的等待时间，完成后结果会显示在这里。',
  tooSlow: '统计超时',
  tooSlowText: '未能及时统计这些日期。可以用命令统计单日：',
  none: '这些日期没有会话',
  noneText: '有会话的日期会按数据源显示在这里。',
  legend: {
    good: '✓ 完整',
    warn: '缺失 2%，高于平时',
    bad: '缺失 5% 或更多',
    plain: '· 没有会话，? 尚无可比数据，… 尚未最终确定',
  },
  missing: 'ID 缺失时',
  missingText: [
    '对照存储桶与台账。',
    code('--fix'),
    ' 会加载桶中有但未存储的内容。桶中没有的，平台从未导出。',
  ],
  reconcile: (source) => `对账 ${source}…`,
  calendarCaption: (source) => `${source} 每日会话数；每列为一周`,
  weekday: '星期',
  weekOf: (day) => `${day} 起的一周`,
  noSessions: (day) => `${day}：没有会话`,
  notFinal: '，尚未最终确定',
  day: (day, { sessions, missing, beyond }) => {
    const more = beyond === null ? '尚无可比数据' : `比平时多 ${n(beyond)} 个`
    return `${day}：${n(sessions)} 个会话，缺失 ${n(missing)} 个 ID，${more}`
  },
  sum: (sessions, complete) => {
    if (sessions === 0) return '没有会话'
    return `${n(sessions)} 个会话，${complete === null ? '尚无可比数据' : `完整性 ${formats.share(complete)}`}`
  },
}

export const analytics: Texts['analytics'] = {
  title: '分析',
  lead: '日期和小时按各数据源的当地时间。数字来自汇总表，会在几分钟内跟上会话的变化。',
  channel: '渠道',
  bothChannels: '通话和聊天',
  fromDay: '起始日期',
  toDay: '结束日期',
  charts: {
    volume: { title: '每小时排队量与放弃量', lead: '进入队列的次数，红色为放弃的部分。' },
    levels: { title: '各队列服务水平', lead: '计入统计的排队中，在队列目标时间内接听的比例。' },
    week: { title: '会话量：按星期和小时', lead: '会话的开始时间。' },
    transfers: { title: '转接', lead: '左侧为转出的队列，右侧为去向。' },
    handling: { title: '各队列处理时长', lead: '全部已处理交互的合计。' },
  },
  nothing: '这些日期没有统计数据',
  nothingText: '存储了这些日期的会话后，图表会显示在这里。',
  drawing: (title) => `图：${title}`,
  showRows: '显示数据及其查询',
  columns: {
    hour: '小时',
    entries: '排队次数',
    abandoned: '放弃',
    queue: '队列',
    serviceLevel: '服务水平',
    weekday: '星期',
    sessions: '会话',
    from: '转出',
    to: '转入',
    transfers: '转接',
    talk: '通话',
    hold: '保持',
    wrapUp: '后处理',
    beforeCall: '呼前准备',
  },
  notMeasured: '未统计',
  entries: (share, entries) => `${share}，排队 ${n(entries)} 次`,
  shareOf: (queue, share, entries) => `${queue}：${share}，排队 ${n(entries)} 次`,
  talk: '通话',
  hold: '保持',
  wrapUp: '后处理',
  beforeCall: '呼前准备',
  partOf: (name, ms) => `${name} ${formats.duration(ms)}`,
  volumeLabel: (entries) => `按小时统计的 ${n(entries)} 次排队；数字见表格`,
  hour: (clock, entries, abandoned) =>
    `${clock}，排队 ${n(entries)} 次${abandoned === null ? '' : `，放弃率 ${abandoned}`}`,
  transfersLabel: '从各队列转出的去向；数字见表格',
  transfersOf: (name, count) => `${name}：转接 ${n(count)} 次`,
  fromTo: (from, to) => `${from} → ${to}`,
  weekLabel: '会话量按星期和小时的分布；数字见表格',
  weekHour: (weekday, clock, sessions) => `${weekday} ${clock}，${n(sessions)} 个会话`,
}
