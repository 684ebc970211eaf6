import type { DocumentLimits } from '@aftercall/metadata/survey-document'

/** A real document has a nesting of 6 and some 1,500 values; these bounds stop what was made to hurt (I8). */
export const documentLimits: DocumentLimits = { depthMax: 64, valuesMax: 500_000 }
