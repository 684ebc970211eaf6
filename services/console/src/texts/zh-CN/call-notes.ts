import type { FailureNotes } from '@aftercall/operator/failure-codes/failure-note'

const passes = '无需处理，除非持续出现'
const credentials = '更新 AWS SDK 使用的凭证（密钥、配置文件或角色），然后重新启动工作进程'

/** Calls to S3 and SQS. */
export const calls: FailureNotes['calls'] = {
  aborted: { meaning: '调用期间工作进程被停止', toDo: '无需处理' },
  access_denied: {
    meaning: '无权访问对象或数据源（403）；绝不会视为对象已删除',
    toDo: '授予 s3:GetObject 和 s3:ListBucket，使用 KMS 密钥时还需 kms:Decrypt；aftercall doctor 会指出缺少哪些权限',
  },
  archived: { meaning: '对象处于归档存储类别', toDo: '先还原对象，再重放' },
  body_cut: { meaning: '收到的字节少于声明的长度', toDo: passes },
  clock_skew: { meaning: '本机与 AWS 的时钟相差过大', toDo: '用 NTP 同步时钟' },
  connection_lost: { meaning: '连接中断', toDo: passes },
  connection_refused: { meaning: '端点没有监听', toDo: '检查端点和网络' },
  credentials_expired: { meaning: '凭证已过期', toDo: credentials },
  credentials_invalid: { meaning: 'AWS 不接受凭证或签名', toDo: credentials },
  credentials_missing: { meaning: 'AWS SDK 找不到凭证', toDo: credentials },
  encryption_key: { meaning: 'KMS 密钥被禁用、删除或无权访问', toDo: '启用密钥，并授予 kms:Decrypt' },
  host_unreachable: { meaning: '主机名无法解析，或没有到主机的路由', toDo: '检查 DNS 和网络' },
  internal_error: { meaning: '服务报告内部错误', toDo: passes },
  invalid_request: { meaning: '服务不接受该请求', toDo: '作为缺陷上报，附日志行，不附文件' },
  key_unproven: {
    meaning: '键中含有 a/../b 或 a//b 之类的路径，尚不确定能否原样到达存储',
    toDo: '授予 s3:ListBucket；如果数据源没有其他键，请绕过代理直连存储',
  },
  key_unsafe: {
    meaning: '键中含有 a/../b 或 a//b 之类的路径，而存储前的代理会改写路径，从而读到另一个对象（I7）',
    toDo: '将代理配置为不改写路径，再重放；或换一个键写入对象',
  },
  no_answer: { meaning: '批量调用的响应中没有这一条', toDo: passes },
  no_such_bucket: { meaning: '存储桶不存在', toDo: '检查 sources[].bucket 和 region' },
  no_such_queue: { meaning: '队列不存在', toDo: '检查 queues.*.url' },
  not_found: { meaning: '404 并非来自 S3，例如来自代理；绝不会视为对象已删除', toDo: '检查端点' },
  receipt_invalid: { meaning: '消息已归另一个工作进程', toDo: '无需处理' },
  service_unavailable: { meaning: '服务暂时不可用', toDo: passes },
  throttled: { meaning: '每秒请求过多', toDo: '无需处理：请求速率会自动降低' },
  timeout: { meaning: '未及时响应', toDo: passes },
  tls_untrusted: { meaning: '端点的证书不受信任', toDo: '设置 NODE_EXTRA_CA_CERTS，或更正端点' },
  too_many_in_flight: {
    meaning: '队列中处理中的消息达到 SQS 上限（120,000 条）',
    toDo: '减少工作进程，或调小 worker.inFlight',
  },
  too_slow: {
    meaning: '响应速度低于每秒 1 KiB，或一分钟后低于每秒 16 KiB',
    toDo: '无需处理；如持续出现，请检查存储和网络',
  },
  unknown: { meaning: '不在此列表中的错误', toDo: '查看日志行；如持续出现，请上报' },
  unreadable_answer: { meaning: '响应不是该服务会给出的内容', toDo: '检查端点及其前面的代理' },
  wrong_region: { meaning: '存储桶或队列位于另一个区域', toDo: '设置 sources[].region 或 AWS_REGION' },
}
