import type { Texts } from '../en.ts'

export const shell: Texts['shell'] = {
  skip: '跳到正文',
  pages: '页面',
  sections: {
    overview: '概览',
    sessions: '会话',
    objects: '对象',
    rejections: '拒收',
    runs: '运行',
    days: '完整性',
    drift: '结构漂移',
    analytics: '分析',
    actions: '操作',
  },
  find: '对象或会话',
  findHint: '查找：ID、键、地址',
  language: '语言',
  timesInUtc: '用 UTC 时间',
  timesInMyZone: '用本地时间',
  asOf: (clock, zone) => ['截至 ', clock, '，时区 ', zone],
  notRefreshed: '自 {time} 起未刷新。',
  noAnswer: '控制台没有响应，或登录已过期。请重新加载页面。',
  retention: '保留期限',
  runbook: '运维手册',
  viewer: (viewer) => {
    if (viewer === undefined) return '控制台只读取数据库。'
    if (viewer.kind === 'actor') return `当前用户 ${viewer.name}，可以让工作进程执行操作。`
    switch (viewer.because) {
      case 'no_identity':
        return '只读：控制台无法识别您的身份（console.identity）。'
      case 'not_signed_in':
        return '只读：代理没有提供您的身份。'
      case 'not_listed':
        return `只读：当前用户 ${viewer.name} 不在 console.actors 中。`
      case 'role':
        return '只读：控制台的数据库账号不属于 aftercall_actor。'
    }
  },
  runbookLead: '运维手册目前只有英文版。',
}

export const common: Texts['common'] = {
  none: '无',
  unknown: '未知',
  never: '从未',
  noData: '暂无数据',
  nothing: '无',
  tookTooLong: '读取超时',
  source: '数据源',
  allSources: '全部数据源',
  allActions: '全部操作',
  nextPage: '下一页',
  show: '查询',
  details: '详情',
  colon: '：',
  downloads: (csv, json) => ['下载 ', csv, ' 或 ', json],
  copy: '复制',
  copied: '已复制',
  notAllowed: '浏览器不允许',
  copyOf: (command) => `复制：${command}`,
}
