import type { FailureNotes } from '@aftercall/operator/failure-codes/failure-note'

const passes = '无需处理，除非持续出现'
const report = '作为缺陷上报，附日志行，不附文件'
const migrate = '运行 aftercall migrate，然后重新启动工作进程'

/** By SQLSTATE or its class. */
export const database: FailureNotes['database'] = {
  '08': { meaning: '与 Postgres 的连接中断', toDo: passes },
  '21': { meaning: '同一批中有两行的键相同', toDo: report },
  '22': { meaning: 'Postgres 无法存储该值', toDo: report },
  '23': { meaning: '值违反约束', toDo: report },
  '25006': { meaning: '服务器只读：是备库，或正在故障切换', toDo: '将 database.url 指向主库' },
  '28': {
    meaning: 'Postgres 拒绝登录：用户、密码或 pg_hba.conf 有误',
    toDo: '更正 database.url 或角色，然后重新启动工作进程',
  },
  '3D000': { meaning: '数据库不存在', toDo: '更正 database.url，或创建数据库并运行 aftercall migrate' },
  '3F000': { meaning: 'schema 不存在', toDo: migrate },
  '40001': { meaning: '两个事务冲突（串行化失败）', toDo: passes },
  '40P01': { meaning: '死锁', toDo: passes },
  '42': { meaning: '表与本版本的要求不一致', toDo: `撤销手动改动，或${migrate}` },
  '42501': {
    meaning: '用户缺少权限',
    toDo: '为用户执行 grant aftercall_loader（见 docs/access.md；aftercall doctor 会指出缺少哪些权限），然后重新启动工作进程',
  },
  '42703': { meaning: '列不存在', toDo: migrate },
  '42883': { meaning: '函数不存在', toDo: migrate },
  '42P01': { meaning: '表不存在', toDo: migrate },
  '53': { meaning: 'Postgres 的磁盘空间、内存或连接数已用尽', toDo: '按日志行所示为服务器扩容' },
  '54': {
    meaning: '值对索引或行来说过大；如果服务器不接受任何事务，工作进程会等待',
    toDo: `${report}；如果服务器要求，请运行 VACUUM`,
  },
  '55P03': { meaning: '另一个会话持锁过久', toDo: '如持续出现，请结束持锁的会话' },
  '57': { meaning: 'Postgres 正在停止、启动或故障切换', toDo: passes },
  '57014': { meaning: '语句超过 database.statementTimeoutSeconds', toDo: '查明服务器变慢的原因' },
  '58': { meaning: 'Postgres 报告操作系统或存储错误', toDo: '查看服务器日志' },
  F0000: {
    meaning: '曾有人的数据用另一个 identity.key 抹除，与当前配置的不同',
    toDo: '设置当时配置的 identity.key（见 docs/privacy.md），再启动工作进程',
  },
}
