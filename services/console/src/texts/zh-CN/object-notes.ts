import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import type { FailureNotes } from '@aftercall/operator/failure-codes/failure-note'
import { formats } from './formats.ts'

const exportAgain = '重新导出文件，或在存储桶中修复；重新上传后会自动加载'
const report = '作为缺陷上报，附日志行，不附文件'
const reportAndUpgrade = `${report}；更新的版本可能会接受它`
const raiseLimit = '如果需要加载这类文件，请调大 worker.objectBytesMax，再重放'
const findSender = '查明是谁发送这类消息；队列中只应有 S3 通知'

export const documents: FailureNotes['documents'] = {
  empty_object: { meaning: '对象为空', toDo: exportAgain },
  not_json: { meaning: '不是 JSON；如果知道位置，原因中会注明', toDo: exportAgain },
  gzip_broken: { meaning: 'gzip 无法解压', toDo: exportAgain },
  object_too_large: { meaning: '超过 worker.objectBytesMax', toDo: raiseLimit },
  decompressed_too_large: { meaning: '解压后超过 worker.objectBytesMax', toDo: raiseLimit },
  too_many_documents: { meaning: '一个数组中超过 5,000 个文档', toDo: '拆分文件' },
  document_too_deep: { meaning: `嵌套超过 ${documentLimits.depthMax} 层`, toDo: exportAgain },
  document_too_wide: { meaning: `超过 ${formats.number(documentLimits.valuesMax)} 个值`, toDo: exportAgain },
  document_too_many_rows: {
    meaning: `一个会话超过 ${formats.number(documentLimits.rowsMax)} 行`,
    toDo: exportAgain,
  },
  document_too_costly: {
    meaning: '映射所用的 CPU 时间或内存超过该大小的对象所允许的上限',
    toDo: `如果文件含有很多会话，请拆分；否则${report}`,
  },
  identity_unreadable: {
    meaning: '无法读出会话 ID 或开始时间',
    toDo: '无需处理：缺少它们就无法存储会话；如果文件本应是会话，请查明是谁写入的',
  },
  mapping_defect: { meaning: '映射程序的缺陷', toDo: reportAndUpgrade },
  database_refused: { meaning: 'Postgres 拒绝了一个值；原因中注明了会话', toDo: reportAndUpgrade },
}

export const messages: FailureNotes['messages'] = {
  message_not_json: { meaning: '消息不是 JSON', toDo: findSender },
  message_unknown_shape: { meaning: '是 JSON，但不是通知', toDo: findSender },
  message_no_records: { meaning: '通知中没有记录', toDo: findSender },
  message_sns_subscription: { meaning: 'SNS 要求确认订阅', toDo: '请确认；在此之前主题不会投递任何消息' },
  message_record_unusable: {
    meaning: '记录没有指明存储桶或键；同一消息的这类记录一起保留，其余记录照常加载',
    toDo: findSender,
  },
  message_too_large: { meaning: '超过 SQS 消息的上限（1 MiB）', toDo: findSender },
  message_too_many_records: {
    meaning: '超过 5,000 条记录',
    toDo: '拆分消息；aftercall reconcile 会找到它通知的对象',
  },
}

export const others: FailureNotes['others'] = {
  database_unreachable: {
    meaning: '无法连接 Postgres，或连接中断',
    toDo: '检查 database.url、网络和服务器',
  },
  defect: { meaning: '本程序的缺陷', toDo: report },
}

export const ignored: FailureNotes['ignored'] = {
  transcript: { meaning: '通话或聊天的文字记录，由 comm_type 或 transcript_version 识别', toDo: '无需处理' },
  event_feed: { meaning: '来自 webhook 或会话数据推送的事件列表', toDo: '无需处理' },
  raw_export: { meaning: '原始数据导出的表', toDo: '无需处理' },
  email_session: {
    meaning:
      '邮件会话，由 email_status、email_threads、菜单类型 email_menu 或文件名 email-ID 识别；绝不会存储为通话',
    toDo: '无需处理；平台是否会写这类文件并无文档说明，请上报',
  },
  placeholder: {
    meaning: '标记文件夹或任务完成的空对象，由键识别：x/、_$folder$、_SUCCESS、.keep',
    toDo: '无需处理',
  },
  empty_document: { meaning: '没有值的对象', toDo: '无需处理' },
  not_a_session: {
    meaning: '没有 call_type、chat_type、call_uuid 或 chat_uuid，也没有其他会话标识',
    toDo: '无需处理；如果本应是会话，请上报其中的键名',
  },
  media: { meaning: '录音或其他媒体文件，由名称识别', toDo: '无需处理' },
  no_source: {
    meaning: '没有数据源包含该对象',
    toDo: '无需处理；如需加载，请更正 sources[].bucket 和 prefix，然后运行 aftercall reconcile',
  },
  past_retention: {
    meaning: '其全部或部分会话已超过数据源的保留期',
    toDo: '无需处理；如需保留，请调大 sources[].retentionMonths，再重放',
  },
  object_removed: { meaning: 'S3 通知对象已删除；其数据行保留', toDo: '无需处理' },
  not_a_creation: { meaning: 'S3 通知的事件与新内容无关', toDo: '无需处理' },
}
