import type { FailureReason, QueryProblem } from '../../failure-reason.ts'
import type { Texts } from '../en.ts'
import { code, inEnglish, type Words } from '../marked.ts'

export const failures: Texts['failures'] = {
  titles: {
    400: '请求无效',
    403: '禁止访问',
    404: '找不到页面',
    413: '表单过大',
    415: '不是表单',
    421: '未知的主机名',
    500: '出错了',
    503: '数据库不可用',
  },
  triesAgain: '页面每隔几秒重试一次。数据不会丢失：尚未存储的消息留在队列中。',
  back: '返回概览',
  words: (reason) => {
    switch (reason.kind) {
      case 'bad_span':
        return `起始日期不能晚于结束日期，且最多相隔 ${reason.daysMax} 天。`
      case 'bad_query':
        return reason.problems.map(wordQueryProblem).join('')
      case 'action_refused':
        return ['数据库拒绝了该操作：', inEnglish(reason.said)]
      case 'database_away':
        return ['数据库没有响应：', inEnglish(reason.said)]
      default:
        return plain[reason.kind]
    }
  },
}

function wordQueryProblem(problem: QueryProblem): string {
  switch (problem.kind) {
    case 'unknown':
      return `未知参数：${problem.names.join('、')}。`
    case 'not_text':
      return `${problem.name} 必须是文本。`
    case 'not_a_number':
      return `${problem.name} 必须是整数。`
    case 'too_small':
      return `${problem.name} 不能小于 ${problem.least}。`
    case 'too_big':
      return `${problem.name} 不能超过 ${problem.most}${problem.isLength ? ' 个字符' : ''}。`
    case 'not_one_of':
      return `${problem.name} 必须是其中之一：${problem.values.join('、')}。`
    case 'unknown_format':
      return `${problem.name} 的格式无法识别。`
  }
}

type Plain = Exclude<FailureReason['kind'], 'bad_span' | 'bad_query' | 'action_refused' | 'database_away'>

const plain: Record<Plain, Words> = {
  unknown_host:
    '控制台不服务此主机名。如果需要，请将它加入 aftercall.yaml 的 console.hosts，并重新启动控制台。',
  several_hosts: '请求中有多个 Host 标头。',
  unknown_page: '此地址没有页面。',
  unknown_source: '没有这个名称的数据源。',
  unknown_rejection: '没有这个 ID 的拒收记录。',
  unknown_action: '没有这个编号的操作。',
  cross_site: '该表单不是由本控制台的页面发送的。请在这里打开页面后重试。',
  read_only: '您只有只读权限。每页底部说明了原因。',
  not_a_form: '控制台只接受表单（application/x-www-form-urlencoded）。',
  incomplete_form: '这不是本控制台的完整表单。请重新打开页面。',
  form_too_large: '表单超过 64 KiB。',
  answer_too_large: ['响应会超过 16 MiB。请用 limit 减少行数，或使用 ', code('aftercall sql'), '。'],
  defect: '这是控制台的缺陷。请附上相关日志行上报。',
  not_a_table: 'format 只能是 csv，且只有表格支持。',
  not_a_source: 'source 必须是数据源的名称。',
  key_without_source: 'key 需要指定数据源，因为台账按存储桶查找键。搜索框会查找全部存储桶。',
  day_without_source: 'day 需要指定数据源，因为日期是数据源的当地日期。',
  not_a_position: 'after 必须是上一页给出的“next”。',
  unstorable: '地址中有表无法存储的数字或字符。',
  database_login: '数据库拒绝登录。请更正 database.url 中的用户或密码。',
  database_missing: [
    'database.url 中的数据库不存在。请更正名称，或创建数据库并运行 ',
    code('aftercall migrate'),
    '。',
  ],
  database_privilege: [
    'database.url 中的用户无权读取。请管理员为该用户执行 ',
    code('grant aftercall_operator'),
    '（docs/access.md）。',
  ],
  database_schema: ['数据库缺少本版本的表或列。请运行 ', code('aftercall migrate'), '。'],
  database_slow: '数据库响应超时，可能正忙；页面会重试。',
  database_locked: '页面要读取的表被锁定，例如正在迁移。页面会重试。',
}
