/*
 * The order guard: which revision of a session wins, and that exactly its rows are there.
 *
 * Two sessions. Session 0 has revisions 1, 2 and 3, session 1 has revision 4. A greater number is newer: the times and the
 * hash of two revisions are never all equal. Revision 2 says that its session was created in another
 * month, so the rows of session 0 move there and back. Revisions are delivered in any order, each at least once, by
 * workers of which each commits a batch of one or two deliveries in one transaction. Retention removes month 0 meanwhile.
 *
 * A transaction owns a session from the lock of its head to its commit. What it writes until then is seen by no other,
 * so it is written in one step, at the commit.
 */

/* stands for storeSessions in packages/warehouse/src/load/store-sessions.ts: the newest of each session in a batch, and the order of the steps */
/* stands for advanceHeads in packages/warehouse/src/load/session-heads.ts: lock_head, and the comparison under the lock */
/* stands for deleteRows in packages/warehouse/src/load/table-statements.ts: the month that loses its rows */
/* stands for copyRows in packages/warehouse/src/copy/copy-rows.ts: the month that gets them */
/* stands for writeLedger in packages/warehouse/src/ledger/ledger.ts: the mask recorded */
/* stands for commitBatch in packages/warehouse/src/load/commit-batch.ts: publish, and the release of the locks */
/* stands for commitWithRetries in packages/warehouse/src/load/commit-with-retries.ts: the jumps to begin */
/* stands for ingest.delete_from_month in migrations/0005_maintain_months.sql: the process Retention */

/* broken GUARD_LETS_EQUAL_IN: the guard compares with >= in place of >; violates I2_revision_is_stored_once */
/* broken GUARD_READS_BEFORE_LOCK: the head is read before it is locked; violates I2_revision_is_stored_once */
/* broken LAST_OF_BATCH_WINS: of two revisions in a batch the last one is taken, not the newest; violates I2_newest_is_stored */
/* broken DELETE_ROWS_OF_NEW_MONTH: rows are deleted where the new revision belongs, not where the previous one is; violates I3_rows_are_of_the_head */
/* broken RETENTION_TRUSTS_ITS_CHOICE: retention removes a head without looking at it again under its lock; violates I3_rows_are_of_the_head */
/* broken HEADS_IN_ORDER_OF_BATCH: heads are locked in the order of the batch, not of their keys; violates no deadlock */

#ifndef WORKERS
#define WORKERS 3
#endif
/* Deliveries that come again after they were committed. */
#ifndef REDELIVERIES
#define REDELIVERIES 1
#endif
/* Kills, transactions that fail, and answers that are lost, in all. */
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef REMOVALS
#define REMOVALS 1
#endif

#define SESSIONS 2
#define REVISIONS 4
#define MONTHS 2
#define SESSION_OF(r) (r <= 3 -> 0 : 1)
#define MONTH_OF(r) (r == 2 -> 1 : 0)
#define BIT(r) (1 << (r))
#define ALL_REVISIONS 30
#define NOBODY 255
#define ROWS(s, month) rows[(s) * MONTHS + (month)]

bool I2_newest_is_stored = true;       /* The head of a session is the newest revision committed since it was last removed. */
bool I2_revision_is_stored_once = true; /* A revision that comes again while it is stored, or while a newer one is, is not stored again. */
bool I3_rows_are_of_the_head = true;   /* A session has the rows of its head's revision in that revision's month, and no others. */
bool I4_each_delivery_is_recorded = true; /* When nothing is left to deliver, each delivered object has a committed end. */
bool I9_no_lock_is_left = true;        /* After kills nobody holds a head. */

#define MUST(property, holds) property = (holds); assert(property)

/* Committed: the revision of each head, 0 for none, and the revision whose rows are in each month. */
byte head[SESSIONS];
byte rows[SESSIONS * MONTHS];
byte recorded = 0;
byte locked_by[SESSIONS] = NOBODY;
/* What the properties compare with. */
byte newest[SESSIONS];
byte was_stored = 0;
/* Deliveries that wait in the queue. */
byte waiting = ALL_REVISIONS;
byte redeliveries = REDELIVERIES;
byte faults = FAULTS;
byte removals = REMOVALS;
byte running = WORKERS + 1;
bool busy[3];
/* Workers without a batch are alike, so the first of them takes the next one. */
#define MAY_TAKE(w) ((w < 1 || busy[0]) && (w < 2 || busy[1]))
#define ANY_BUSY (busy[0] || busy[1] || busy[2])
#define IS_OVER (waiting == 0 && redeliveries == 0)

#define HOLDS(s) (ROWS(s, 0) == (head[s] != 0 && MONTH_OF(head[s]) == 0 -> head[s] : 0) \
  && ROWS(s, 1) == (head[s] != 0 && MONTH_OF(head[s]) == 1 -> head[s] : 0))

inline unlock(s, me) {
  if :: locked_by[s] == me -> locked_by[s] = NOBODY :: else fi
}

inline publish(s, r, before) {
  MUST(I2_revision_is_stored_once, (was_stored & BIT(r)) == 0);
#ifdef DELETE_ROWS_OF_NEW_MONTH
  ROWS(s, MONTH_OF(r)) = 0;
#else
  if :: before != 0 -> ROWS(s, MONTH_OF(before)) = 0 :: else fi;
#endif
  ROWS(s, MONTH_OF(r)) = r;
  head[s] = r;
  was_stored = was_stored | BIT(r)
}

inline expect_all(s) {
  MUST(I2_newest_is_stored, head[s] == newest[s]);
  MUST(I3_rows_are_of_the_head, HOLDS(s))
}

/* Under the lock, except where a broken guard looks before. */
#ifdef GUARD_LETS_EQUAL_IN
#define IS_ACCEPTED(s, r) (r != 0 && r >= seen[s])
#else
#define IS_ACCEPTED(s, r) (r > seen[s])
#endif

inline lock_head(s, r) {
  if
  :: atomic { r == 0 -> skip }
  :: atomic { r != 0 && locked_by[s] == NOBODY -> locked_by[s] = me;
#ifndef GUARD_READS_BEFORE_LOCK
       seen[s] = head[s];
#endif
     }
  fi
}

inline note_newest(s, r) {
  if :: r > newest[s] -> newest[s] = r :: else fi
}

proctype Worker(byte me) {
  byte batch[SESSIONS];
  byte seen[SESSIONS];
  byte taken;
  byte r, other;
next:
  atomic {
    r = 0; other = 0; taken = 0; batch[0] = 0; batch[1] = 0; seen[0] = 0; seen[1] = 0;
    busy[me] = false
  };
  atomic {
    if
    :: IS_OVER && !ANY_BUSY -> goto over
    :: redeliveries > 0 && waiting == 0 && MAY_TAKE(me) -> redeliveries--; select(r : 1 .. REVISIONS)
    :: MAY_TAKE(me) && (waiting & BIT(1)) -> r = 1
    :: MAY_TAKE(me) && (waiting & BIT(2)) -> r = 2
    :: MAY_TAKE(me) && (waiting & BIT(3)) -> r = 3
    :: MAY_TAKE(me) && (waiting & BIT(4)) -> r = 4
    fi;
    busy[me] = true;
    waiting = waiting & ~BIT(r);
    taken = BIT(r);
    if
    :: other = 0
    :: (waiting & BIT(1)) -> other = 1
    :: (waiting & BIT(4)) -> other = 4
    fi;
    if :: other != 0 -> waiting = waiting & ~BIT(other); taken = taken | BIT(other) :: else fi;
    /* The newest of each session; the other one is superseded within the batch. */
    batch[SESSION_OF(r)] = r;
#ifdef LAST_OF_BATCH_WINS
    if :: other != 0 -> batch[SESSION_OF(other)] = other :: else fi
#else
    if :: other > batch[SESSION_OF(other)] -> batch[SESSION_OF(other)] = other :: else fi
#endif
  };
begin:
#ifdef GUARD_READS_BEFORE_LOCK
  atomic { seen[0] = head[0]; seen[1] = head[1] };
#endif
#ifdef HEADS_IN_ORDER_OF_BATCH
  if
  :: r > 3 -> lock_head(1, batch[1]); lock_head(0, batch[0])
  :: else -> lock_head(0, batch[0]); lock_head(1, batch[1])
  fi;
#else
  lock_head(0, batch[0]);
  lock_head(1, batch[1]);
#endif
  if
  :: atomic {
       if :: IS_ACCEPTED(0, batch[0]) -> publish(0, batch[0], seen[0]) :: else fi;
       if :: IS_ACCEPTED(1, batch[1]) -> publish(1, batch[1], seen[1]) :: else fi;
       recorded = recorded | taken;
       note_newest(SESSION_OF(r), r);
       note_newest(SESSION_OF(other), other);
       unlock(0, me);
       unlock(1, me);
       expect_all(0);
       expect_all(1);
       if
       :: goto next
       /* Committed, but the worker does not know: it tries again, or was killed, and another delivery follows. */
       :: faults > 0 -> faults--; goto begin
       :: faults > 0 -> faults--; waiting = waiting | taken; goto next
       fi
     }
  /* Rolled back: tried again by the same worker, or, if it was killed, delivered again. */
  :: atomic { faults > 0 -> faults--; unlock(0, me); unlock(1, me); goto begin }
  :: atomic { faults > 0 -> faults--; unlock(0, me); unlock(1, me); waiting = waiting | taken; goto next }
  fi;
over:
  running--
}

/* A session that a loader has moved to another month meanwhile keeps its head. */
inline remove(s) {
  ROWS(s, 0) = 0;
  if
#ifdef RETENTION_TRUSTS_ITS_CHOICE
  :: true ->
#else
  :: head[s] != 0 && MONTH_OF(head[s]) == 0 ->
#endif
     head[s] = 0;
     newest[s] = 0;
     was_stored = was_stored & (s == 0 -> 16 : 14)
#ifndef RETENTION_TRUSTS_ITS_CHOICE
  :: else
#endif
  fi
}

/* Chooses the sessions that have rows in month 0, locks their heads, and looks at each head again under its lock. */
proctype Retention() {
  byte chosen;
  byte me = WORKERS;
  do
  :: atomic { removals > 0 -> removals--;
       chosen = (ROWS(0, 0) != 0 -> 1 : 0) | (ROWS(1, 0) != 0 -> 2 : 0)
     };
     if
     :: atomic { (chosen & 1) == 0 -> skip }
     :: atomic { (chosen & 1) && locked_by[0] == NOBODY -> locked_by[0] = me }
     fi;
     if
     :: atomic { (chosen & 2) == 0 -> skip }
     :: atomic { (chosen & 2) && locked_by[1] == NOBODY -> locked_by[1] = me }
     fi;
     atomic {
       if :: chosen & 1 -> remove(0) :: else fi;
       if :: chosen & 2 -> remove(1) :: else fi;
       unlock(0, me);
       unlock(1, me);
       expect_all(0);
       expect_all(1);
       chosen = 0
     }
  :: atomic { removals == 0 || IS_OVER -> break }
  od;
  running--
}

init {
  byte w;
  atomic {
    for (w : 0 .. WORKERS - 1) { run Worker(w) };
    run Retention()
  };
  atomic {
    running == 0 ->
    MUST(I4_each_delivery_is_recorded, recorded == ALL_REVISIONS);
    MUST(I9_no_lock_is_left, locked_by[0] == NOBODY && locked_by[1] == NOBODY)
  }
}
