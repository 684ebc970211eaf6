import type { DocumentKeyCode } from '@aftercall/warehouse/sealing/document-key-error'
import type { FailureNote } from './note.ts'

const accept = 'without it, what it encrypted stays unreadable'

/** Keys of `encryption`. What cannot be encrypted is not stored at all. */
export const keyFailures: Record<DocumentKeyCode, FailureNote> = {
  document_key_unreadable: {
    meaning: 'a file of encryption.keys cannot be read, or does not hold a key',
    toDo: 'correct its path, or the rights on the file, then start the worker again',
  },
  document_key_missing: {
    meaning: 'encryption.keys does not list the key that encrypted this',
    toDo: `list the key again (docs/encryption.md); ${accept}`,
  },
  document_key_wrong: {
    meaning: 'a key of encryption.keys is not the one that had its id',
    toDo: `restore the key, and give a new one another id; ${accept}`,
  },
  data_key_missing: {
    meaning: 'the data key of this source and month was deleted',
    toDo: 'nothing, if that was intended: load the objects from the bucket again if it still has them',
  },
  sealed_bytes_damaged: {
    meaning: 'the stored bytes are not what was encrypted',
    toDo: 'restore the row from a backup, or load its object from the bucket again',
  },
}
