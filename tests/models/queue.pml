/*
 * The queue protocol: what a worker does with messages between their receive and their ack.
 *
 * Two messages: the first names objects 0 and 1, the second names object 2. The database refuses object 1 for its data.
 * A delivery may come again at any moment, a worker may be killed or stopped between any two steps, and the answer to a
 * commit may be lost. A worker that was killed begins again without memory.
 *
 * A commit is one step: a transaction that a killed worker has sent ends before any other transaction about the same
 * objects, because those wait for its row locks.
 */

/* stands for receiveUntilAborted in packages/storage/src/queue/receive-messages.ts: receive */
/* stands for createHeartbeat in packages/storage/src/queue/visibility-heartbeat.ts: a worker loses a message that another has received */
/* stands for claim in packages/storage/src/queue/in-flight-message.ts: the mask handling */
/* stands for createInFlightMessages in packages/storage/src/queue/in-flight-messages.ts: stop and dispose */
/* stands for createAckOrReturn in packages/storage/src/queue/ack-or-return.ts: ack and give_back */
/* stands for dispositionOf in packages/ingest/src/disposition.ts: the choice between ack and give_back */
/* stands for commitSettlement in packages/ingest/src/commit-settlement.ts: the mask failed */
/* stands for createLoader in packages/warehouse/src/load/loader.ts: the stack of parts, halving, two refusals */
/* stands for commitWithRetries in packages/warehouse/src/load/commit-with-retries.ts: the jumps to again */
/* stands for commitBatch in packages/warehouse/src/load/commit-batch.ts: commit */

/* broken ACK_BEFORE_COMMIT: messages are deleted before the batch is committed; violates I1_acked_after_commit */
/* broken ACK_ALSO_FAILED: a message is deleted although an object of it failed; violates I1_acked_after_commit */
/* broken LOST_ANSWER_COUNTS_AS_COMMIT: a commit without an answer counts as made; violates I1_acked_after_commit */
/* broken STOP_ACKS: a worker that is stopped deletes what it has not ended; violates I1_acked_after_commit */
/* broken NO_CLAIM: the handler of a returned message decides once more; violates I1_ended_once */
/* broken NO_DEAD_LETTER_QUEUE: after too many receives a message is dropped; violates I4_recorded_or_queued */
/* broken REJECT_WHOLE_BATCH: a refused batch is rejected without being halved; violates I5_good_is_never_rejected */
/* broken REJECT_AT_FIRST_REFUSAL: one refusal counts as proof that the data is at fault; violates I5_good_is_never_rejected */

#ifndef WORKERS
#define WORKERS 3
#endif
#ifndef RECEIVES_MAX
#define RECEIVES_MAX 2
#endif
/* Kills, stops, lost answers, outages, refusals whose cause passes, batches that are given up, and failed acks, in all. */
#ifndef FAULTS
#define FAULTS 2
#endif

#define MESSAGES 2
#define RECEIPTS (WORKERS * MESSAGES)
/* How many of them are sent. */
#ifndef SENT
#define SENT 2
#endif
#define BAD 2
#define OBJECTS_OF(m) (m == 0 -> 3 : 4)
#define IS_ONE(mask) (mask == 1 || mask == 2 || mask == 4)

bool I1_acked_after_commit = true;         /* A message is deleted only when each of its objects has a committed end. */
bool I1_ended_once = true;                 /* A worker acks or returns a message at most once. */
bool I4_recorded_or_queued = true;         /* An object without a committed end is in the queue or in the dead-letter queue. */
bool I5_good_is_never_rejected = true;     /* An object that the database can take is never rejected because of another. */
bool I5_good_is_stored = true;             /* When a message is deleted, its good objects are stored. */
bool I9_all_end = true;                    /* After kills and stops each message is deleted or a dead letter. */

#define MUST(property, holds) property = (holds); assert(property)

/* The queue: masks of messages. */
byte visible = (1 << SENT) - 1;
byte gone = 0;
byte dead = 0;
byte receives[MESSAGES];
/* The database: masks of objects. */
byte stored = 0;
byte rejected = 0;
/* What may still go wrong. */
byte faults = FAULTS;
/* Two in a row of the same object look like data that the database cannot take. */
bool refused_falsely = false;
bool killed[WORKERS];
byte running = WORKERS;
/* What each worker holds: masks of messages, and the receipt of each. */
byte held[WORKERS];
byte handling[WORKERS];
byte ended[WORKERS];
byte receipt[RECEIPTS];

#define NOTHING_LEFT ((gone | dead) == (1 << SENT) - 1)
#define RECEIPT(w, m) receipt[w * MESSAGES + m]
#define BIT(m) (1 << (m))
/* Workers that hold nothing are alike, so the first of them receives. */
#define MAY_RECEIVE(w) (held[w] != 0 || (w < 1 || held[0] != 0) && (w < 2 || held[1] != 0))

inline receive(w, m) {
  visible = visible & ~BIT(m);
  if
  :: receives[m] == RECEIVES_MAX ->
#ifdef NO_DEAD_LETTER_QUEUE
     gone = gone | BIT(m)
#else
     dead = dead | BIT(m)
#endif
  :: else ->
     receives[m]++;
     RECEIPT(w, m) = receives[m];
     held[w] = held[w] | BIT(m);
     handling[w] = handling[w] | BIT(m)
  fi
}

/* Marks the message as ended by this worker: of all who want to ack or return it, the first one wins. */
inline claim(w, m) {
  MUST(I1_ended_once, (ended[w] & BIT(m)) == 0);
  ended[w] = ended[w] | BIT(m);
#ifndef NO_CLAIM
  handling[w] = handling[w] & ~BIT(m)
#endif
}

/* With the receipt of an earlier receive, the queue may delete the message or not. */
inline ack(w, m) {
  claim(w, m);
  if
  :: faults > 0 -> faults--
  :: RECEIPT(w, m) != receives[m]
  :: true ->
     MUST(I1_acked_after_commit, (OBJECTS_OF(m) & ~(stored | rejected)) == 0);
     MUST(I5_good_is_stored, (OBJECTS_OF(m) & ~BAD & ~stored) == 0);
     if
     :: (dead & BIT(m)) == 0 -> visible = visible & ~BIT(m); gone = gone | BIT(m)
     :: else
     fi
  fi
}

inline give_back(w, m) {
  claim(w, m);
  if
  :: RECEIPT(w, m) == receives[m] && ((gone | dead) & BIT(m)) == 0 -> visible = visible | BIT(m)
  :: else
  fi
}

inline dispose(w, m) {
  if
#ifndef ACK_ALSO_FAILED
  :: (failed & OBJECTS_OF(m)) != 0 -> give_back(w, m)
#endif
  :: else -> ack(w, m)
  fi
}

/* The worker ends: its message is visible at once, and what its handler decides later has no effect. */
inline stop(w, m) {
#ifdef STOP_ACKS
  ack(w, m)
#else
  give_back(w, m)
#endif
}

/* Also of objects that are stored already: they end as duplicates, and nothing is written. */
inline commit(mask) {
  stored = stored | mask
}

inline reject(mask) {
  MUST(I5_good_is_never_rejected, (mask & ~BAD) == 0);
  rejected = rejected | mask
}

inline forget(w) {
  held[w] = 0;
  handling[w] = 0;
  ended[w] = 0;
  RECEIPT(w, 0) = 0;
  RECEIPT(w, 1) = 0;
  failed = 0;
  part = 0;
  refusals = 0;
  top = 0;
  stack[0] = 0;
  stack[1] = 0;
  stack[2] = 0
}

proctype Worker(byte me) {
  byte failed, part, refusals, top;
  byte stack[3];
idle:
  {
    do
    :: atomic { NOTHING_LEFT && held[me] == 0 -> goto over }
    :: atomic { (visible & 1) && (held[me] & 1) == 0 && MAY_RECEIVE(me) -> receive(me, 0) }
    :: atomic { (visible & 2) && (held[me] & 2) == 0 && MAY_RECEIVE(me) -> receive(me, 1) }
    :: atomic {
         held[me] != 0 ->
#ifdef ACK_BEFORE_COMMIT
         if :: handling[me] & 1 -> ack(me, 0) :: else fi;
         if :: handling[me] & 2 -> ack(me, 1) :: else fi;
#endif
         top = 1;
         stack[0] = (held[me] & 1 -> OBJECTS_OF(0) : 0) | (held[me] & 2 -> OBJECTS_OF(1) : 0);
         break
       }
    od;
next:
    atomic {
      if
      :: top == 0 -> goto settle
      :: else -> top--; part = stack[top]; stack[top] = 0; refusals = 0
      fi
    };
again:
    if
    :: atomic { (part & BAD) == 0 -> commit(part) };
       if
       :: atomic { true -> goto next }
       :: atomic { faults > 0 -> faults--; goto again }
       fi
    :: atomic { (part & BAD) != 0 -> goto refused }
    :: atomic { (part & BAD) == 0 && !refused_falsely && faults > 0 -> faults--; refused_falsely = true; goto refused }
    :: atomic {
         faults > 0 -> faults--;
#ifdef LOST_ANSWER_COUNTS_AS_COMMIT
         goto next
#else
         goto again
#endif
       }
    :: atomic { faults > 0 -> faults--; failed = failed | part; goto next }
    fi;
refused:
    atomic {
      if
#ifdef REJECT_WHOLE_BATCH
      :: true -> reject(part)
#else
      :: !IS_ONE(part) ->
         if
         :: part == 7 -> stack[top] = 4; stack[top + 1] = 3
         :: part == 3 -> stack[top] = 2; stack[top + 1] = 1
         fi;
         top = top + 2
      :: else ->
         refusals++;
         if
#ifndef REJECT_AT_FIRST_REFUSAL
         :: refusals < 2 -> goto again
#endif
         :: else -> reject(part)
         fi
#endif
      fi;
      goto next
    };
settle:
    do
    :: atomic { handling[me] == 0 -> forget(me); goto idle }
    :: atomic { handling[me] & 1 -> dispose(me, 0) }
    :: atomic { (handling[me] & 1) == 0 && (handling[me] & 2) -> dispose(me, 1) }
    od
  } unless {
    atomic { killed[me] -> killed[me] = false; forget(me); goto idle }
  };
over:
  running--
}

/* What may happen at any moment: a message is visible again, a heartbeat notices it, a worker is killed or stopped. */
proctype Environment() {
  byte w;
  do
  :: atomic { ((visible | gone | dead) & 1) == 0 -> visible = visible | 1 }
  :: atomic { SENT == 2 && ((visible | gone | dead) & 2) == 0 -> visible = visible | 2 }
  :: atomic {
       running > 0 -> select(w : 0 .. WORKERS - 1);
       if
       :: faults > 0 && held[w] != 0 -> faults--; killed[w] = true
       :: faults > 0 && handling[w] != 0 -> faults--;
          if :: handling[w] & 1 -> stop(w, 0) :: else fi;
          if :: handling[w] & 2 -> stop(w, 1) :: else fi
       :: (handling[w] & 1) && RECEIPT(w, 0) != receives[0] -> handling[w] = handling[w] & ~1
       :: (handling[w] & 2) && RECEIPT(w, 1) != receives[1] -> handling[w] = handling[w] & ~2
       :: else
       fi;
       w = 0
     }
  :: atomic {
       running == 0 ->
       MUST(I9_all_end, NOTHING_LEFT);
       MUST(I4_recorded_or_queued,
         ((gone & 1) == 0 || (OBJECTS_OF(0) & ~(stored | rejected)) == 0)
         && ((gone & 2) == 0 || (OBJECTS_OF(1) & ~(stored | rejected)) == 0));
       break
     }
  od
}

init {
  atomic {
    byte w;
    for (w : 0 .. WORKERS - 1) { run Worker(w) };
    run Environment()
  }
}
