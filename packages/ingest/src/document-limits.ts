import type { DocumentLimits } from '@aftercall/metadata/read/survey-document'

/** A real document has a nesting of 6, some 1,500 values and some 50 rows; these bounds stop what was made to hurt (I8). */
export const documentLimits: DocumentLimits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }
