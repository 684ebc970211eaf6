/*
 * Erasing a person while workers hold batches that name the person (ADR 50 and 52).
 *
 * A loader reads the list of the erased in the transaction that writes the rows, before it writes any, and so holds the
 * list for share until it ends; it blanks what the list names. The eraser puts the person on the list in a transaction of
 * its own, for which it holds the list alone: it waits for loaders that have read the list without the person. Then it
 * blanks the rows that are there.
 */

/* stands for createLoader in packages/warehouse/src/load/loader.ts: a batch that was mapped and waits */
/* stands for commitBatch in packages/warehouse/src/load/commit-batch.ts: the transaction of a worker */
/* stands for commitWithRetries in packages/warehouse/src/load/commit-with-retries.ts: the jumps to begin */
/* stands for withoutErased in packages/warehouse/src/erasure/erasures.ts: known, as the transaction begins */
/* stands for registerErased in packages/warehouse/src/erasure/register-erased.ts: put_on_list */
/* stands for eraseSessions in packages/warehouse/src/erasure/erase-sessions.ts: take_out */
/* stands for erasePerson in packages/warehouse/src/erasure/erase-person.ts: the eraser, the list before the rows */

/* broken LIST_NOT_HELD: a loader does not hold the list until its commit; violates erasure_holds */
/* broken LIST_READ_BEFORE: a loader uses the list that it read when it mapped the batch; violates erasure_holds */
/* broken ROWS_BEFORE_LIST: rows are blanked before the person is on the list; violates erasure_holds */

#ifndef WORKERS
#define WORKERS 3
#endif
/* Documents that each worker loads. */
#ifndef DOCUMENTS
#define DOCUMENTS 2
#endif
/* Kills, and answers that are lost, in all. */
#ifndef FAULTS
#define FAULTS 2
#endif

#define NOBODY 255

bool erasure_holds = true; /* Once an erasure has ended, no committed row names the person, also after later loads. */

#define MUST(property, holds) property = (holds); assert(property)

bool listed = false;
bool erased = false;
/* One row for each worker's document: whether it names the person. */
bool names[WORKERS];
byte holding = 0;
byte faults = FAULTS;

inline release() {
  if :: holds -> holding--; holds = false :: else fi
}

proctype Worker(byte me) {
  bool known, holds;
  byte loaded = 0;
map:
  atomic { holds = false; known = listed };
begin:
  if
  :: atomic { faults > 0 -> faults--; goto map }
  :: atomic {
#ifndef LIST_READ_BEFORE
       known = listed;
#endif
#ifndef LIST_NOT_HELD
       holding++;
       holds = true
#endif
     }
  fi;
  if
  :: atomic { faults > 0 -> faults--; release(); goto map }
  :: atomic {
       names[me] = !known;
       release();
       MUST(erasure_holds, !erased || !names[me]);
       if
       :: faults > 0 -> faults--; goto begin
       :: loaded++
       fi;
       if
       :: loaded < DOCUMENTS -> goto map
       :: else
       fi
     }
  fi
}

inline put_on_list() {
  atomic { holding == 0 -> listed = true }
}

inline take_out() {
  atomic {
    byte w;
    for (w : 0 .. WORKERS - 1) { names[w] = false };
    w = 0
  }
}

proctype Eraser() {
#ifdef ROWS_BEFORE_LIST
  take_out();
  put_on_list();
#else
  put_on_list();
  take_out();
#endif
  atomic {
    byte w;
    erased = true;
    for (w : 0 .. WORKERS - 1) { MUST(erasure_holds, !names[w]) };
    w = 0
  }
}

init {
  byte p;
  atomic {
    for (p : 0 .. WORKERS - 1) { run Worker(p) };
    run Eraser()
  }
}
