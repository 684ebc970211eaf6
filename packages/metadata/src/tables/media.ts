import { photoTypeVocabulary } from '../vocabulary/photo-type.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per photo, screenshot, or video that the consumer sent by SmartAction (contract, b.1). */
export const mediaTable: ChildTableSpec = {
  name: 'media',
  rowsFrom: [
    { array: 'photos', constants: { media_type: 'photo' } },
    { array: 'videos', constants: { media_type: 'video' } },
  ],
  identifiedBy: ['media_type', 'media_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  columns: [
    computed('media_type', 'word'),
    column('media_id', 'id', 'id'),
    term('photo_type', photoTypeVocabulary),
    column('url', 'text'),
    computed('extra', 'json'),
  ],
}
