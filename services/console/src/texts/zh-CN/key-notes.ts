import type { FailureNotes } from '@aftercall/operator/failure-codes/failure-note'

const accept = '缺少该密钥，其加密的内容将一直无法读取'

export const keys: FailureNotes['keys'] = {
  document_key_unreadable: {
    meaning: 'encryption.keys 中的某个文件无法读取，或其中没有密钥',
    toDo: '更正其路径或文件权限，再启动工作进程',
  },
  document_key_missing: {
    meaning: 'encryption.keys 中没有加密该内容的密钥',
    toDo: `把该密钥加回列表（见 docs/encryption.md）；${accept}`,
  },
  document_key_wrong: {
    meaning: 'encryption.keys 中的某个密钥与原先使用该 ID 的密钥不同',
    toDo: `恢复原来的密钥，并为新密钥使用另一个 ID；${accept}`,
  },
  data_key_missing: {
    meaning: '该数据源当月的数据密钥已被删除',
    toDo: '如果是有意删除，则无需处理；如果存储桶中还有这些对象，可以重新加载',
  },
  sealed_bytes_damaged: {
    meaning: '存储的字节与当初加密的不一致',
    toDo: '从备份恢复该行，或从存储桶重新加载其对象',
  },
}
