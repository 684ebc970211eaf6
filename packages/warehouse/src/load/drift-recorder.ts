import { clockDrift } from '@aftercall/metadata/map/clock-drift'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A place in a stored document that has no column. */
export type DriftSighting = {
  source: string
  channel: string
  path: string
  type: string
  bucket: string
  objectKey: string
}

/** A word in a stored document that is not in the vocabulary of its column. */
export type WordSighting = Omit<DriftSighting, 'path' | 'type'> & {
  vocabulary: string
  /** With its table. */
  column: string
  word: string
}

export type DriftRecorder = {
  /** Counts; never waits and never fails. */
  note(sighting: DriftSighting): void
  noteWord(sighting: WordSighting): void
  /** Writes what was counted since the last call. */
  flush(): Promise<void>
}

export type DriftRow = {
  source: string
  channel: string
  /** For a word, its column. */
  path: string
  type: string
  /** The vocabulary that lacks a word; null for a place without a column. */
  vocabulary: string | null
  /** Null for a place, and for all words beyond the bound together. */
  word: string | null
  documents: number
  firstSeenAt: Date
  lastSeenAt: Date
  example: string
}

type Counted = DriftSighting & { vocabulary: string | null; word: string | null; documents: number }

/** The most different places of a source between two flushes: a source that varies its keys must not fill the memory. */
const placesMax = 5_000
/** The place under which everything beyond a bound is counted. */
const rest = { path: '*', type: 'more places than are kept', vocabulary: null, word: null }
/**
 * The same for the table: the most places of each source, and the most words of each vocabulary. The rest is counted
 * together.
 */
const placesKept = 2_000
const wordsKept = 50

/**
 * Counts in memory and writes from time to time, in a transaction of its own: when the vendor adds a key, every document
 * has it, and a row that every batch updates would make the workers wait for each other. A crash loses or repeats a few
 * seconds of counting, never a document.
 */
export function createDriftRecorder(db: Database): DriftRecorder {
  let counted = new Map<string, Counted>()
  /** By source, so that one source leaves room for the others. */
  let places = new Map<string, number>()

  function count(sighting: Omit<Counted, 'documents'>, documents: number): void {
    const { source, channel, path, type } = sighting
    const key = JSON.stringify([source, channel, path, type])
    const before = counted.get(key)
    const known = places.get(source) ?? 0
    if (before !== undefined) before.documents += documents
    else if (known >= placesMax && type !== rest.type) count({ ...sighting, ...rest }, documents)
    else {
      counted.set(key, { ...sighting, documents })
      places.set(source, known + 1)
    }
  }

  async function flush(): Promise<void> {
    if (counted.size === 0) return
    const rows = [...counted.keys()].sort().flatMap((key) => counted.get(key) ?? [])
    counted = new Map()
    places = new Map()
    try {
      await writeDrift(db, rows)
    } catch (error) {
      for (const { documents, ...sighting } of rows) count(sighting, documents)
      throw error
    }
  }

  return {
    note: (sighting) => count({ ...sighting, vocabulary: null, word: null }, 1),
    noteWord({ vocabulary, column, word, ...place }) {
      const type = `word unknown to ${vocabulary}: ${word}`
      count({ ...place, path: column, type, vocabulary, word }, 1)
    },
    flush,
  }
}

/**
 * In key order, so that two workers that flush at once cannot deadlock. Places beyond the bound of their source are
 * counted in one row; two workers at once may keep a few more.
 */
async function writeDrift(db: Database, rows: readonly Counted[]): Promise<void> {
  await sql`
    with counted as (
      select given.*, exists (
        select from ingest.schema_drift as there
        where (there.source, there.channel, there.json_path, there.json_type)
            = (given.source, given.channel, given.path, given.type)) as is_known
      from json_to_recordset(${JSON.stringify(rows)}::json) as given
        (source text, channel text, path text, type text, documents bigint, bucket text, "objectKey" text,
         vocabulary text, word text)
    ), kept as (
      select source, vocabulary, count(*) as number from ingest.schema_drift group by source, vocabulary
    ), judged as (
      select counted.*, is_known or
        coalesce(kept.number, 0)
        + row_number() over (partition by counted.source, counted.vocabulary, is_known order by channel, path, type)
        <= case when counted.vocabulary is null then ${placesKept}::integer else ${wordsKept}::integer end as is_kept
      from counted left join kept
        on kept.source = counted.source and kept.vocabulary is not distinct from counted.vocabulary
    )
    insert into ingest.schema_drift as drift
      (source, channel, json_path, json_type, vocabulary, column_name, word, document_count, example_bucket, example_key)
    select source, channel, case when is_kept then path else '*' end,
      case when is_kept then type when vocabulary is null then ${rest.type}
           else 'more words unknown to ' || vocabulary || ' than are kept' end,
      vocabulary, case when is_kept and vocabulary is not null then path end, case when is_kept then word end,
      sum(documents), (array_agg(bucket order by path, type))[1], (array_agg("objectKey" order by path, type))[1]
    from judged group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4
    on conflict (source, channel, json_path, json_type) do update set
      document_count = drift.document_count + excluded.document_count,
      last_seen_at   = excluded.last_seen_at
  `.execute(db)
}

/** Without the word, which has its own column. */
const driftType = sql`
  case when word is null then json_type else 'word unknown to ' || vocabulary end`

export const driftColumns = sql`
  source, channel, json_path as path, ${driftType} as type, vocabulary, word, document_count::float8 as documents,
  first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
  's3://' || example_bucket || '/' || example_key as example`

/** The most frequent first. Wrong clocks are left out: see `readClockProblems`. */
export async function readDrift(db: Database, rowsMax: number): Promise<DriftRow[]> {
  const answer = await sql<DriftRow>`
    select ${driftColumns} from ingest.schema_drift
    where not starts_with(json_type, ${clockDrift})
    order by document_count desc, source, channel, json_path, json_type limit ${rowsMax}
  `.execute(db)
  return answer.rows
}

/** What was first seen in this object. */
export async function readDriftOf(
  db: Database,
  { bucket, key }: { bucket: string; key: string },
): Promise<DriftRow[]> {
  const answer = await sql<DriftRow>`
    select ${driftColumns} from ingest.schema_drift where example_bucket = ${bucket} and example_key = ${key}
    order by json_path, json_type limit 20
  `.execute(db)
  return answer.rows
}
