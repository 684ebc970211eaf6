/*
 * The log of changed hours, the refresher of rollups, and retention (ADR 43).
 *
 * Two homes on one local day: home 0 in a month that retention removes, home 1 in a month that stays. A fact is a number
 * for each home that changes with each load; a load may also move a session from one home to the other. Every transaction
 * of a loader has a bit of its own in the log. A refresh reads from one snapshot, and changes what is there at its commit:
 * Postgres lets it delete what its snapshot sees, and fails it (40001) where another transaction has changed such a row.
 */

/* stands for noteChangedHours in packages/warehouse/src/load/changed-hours.ts: the log is written with the facts */
/* stands for deleteRows in packages/warehouse/src/load/table-statements.ts: a session that moves lists both homes */
/* stands for commitBatch in packages/warehouse/src/load/commit-batch.ts: each step of the process Loader is one transaction */
/* stands for inSnapshot in packages/warehouse/src/rollups/refresh-rollups.ts: take_snapshot */
/* stands for refreshRollups in packages/warehouse/src/rollups/refresh-rollups.ts: the jump to overtaken */
/* stands for rollup.refresh in migrations/0013_create_rollups.sql: lock_state, publish_hour, publish_day */
/* stands for rollup.freeze_month in migrations/0013_create_rollups.sql: the process Retention */
/* stands for ingest.drop_month in migrations/0005_maintain_months.sql: the process Retention */
/* stands for applyMaintenance in packages/warehouse/src/maintenance/maintain.ts: Retention waits until the changes of the month are counted */

/* broken HOUR_LISTED_APART: the changed hour is listed in another transaction, after the facts; violates rollups_equal_facts_once_quiet */
/* broken HOUR_LISTED_BEFORE: the changed hour is listed in another transaction, before the facts; violates rollups_equal_facts_once_quiet */
/* broken ONLY_NEW_HOUR_LISTED: a session that moves lists only the hour that it moves to; violates rollups_equal_facts_once_quiet */
/* broken LIST_CLEARED_AS_IT_IS: a refresh deletes also changes that its snapshot does not see; violates rollups_equal_facts_once_quiet */
/* broken NO_STATE_LOCK: refreshes whose snapshots overlap do not notice each other; violates rollups_days_are_sums */
/* broken FREEZE_WITHOUT_STATE: a month goes while a refresh reads it; violates rollups_outlive_retention */

#ifndef LOADERS
#define LOADERS 2
#endif
#ifndef REFRESHERS
#define REFRESHERS 2
#endif
/* Of each refresher. */
#ifndef REFRESHES
#define REFRESHES 1
#endif
#ifndef KILLS
#define KILLS 1
#endif

#define HOMES 2
#define NOBODY 255

bool rollups_equal_facts_once_quiet = true; /* An hour that no committed row of the log names has what the facts say, once. */
bool rollups_days_are_sums = true;          /* A day is the sum of its hours, once. */
bool rollups_outlive_retention = true;      /* The hours of a removed month keep what they had when it was frozen. */

#define MUST(property, holds) property = (holds); assert(property)

/* Committed. */
byte fact[HOMES];
byte log[HOMES];
bool frozen = false;
bool dropped = false;
byte counted_at_freeze = 0;
/* Of the rollups: the sum over the rows of a home, how many rows it has, and how often they were written. */
byte hour[HOMES];
byte hour_rows[HOMES];
byte hour_version[HOMES];
byte day = 0;
byte day_rows = 0;
byte day_version = 0;
byte state_version = 0;
byte state_locked_by = NOBODY;
byte kills = KILLS;

#define IS_EXACT(home) (log[home] != 0 || hour[home] == fact[home] && hour_rows[home] <= 1)

inline expect_all() {
  MUST(rollups_equal_facts_once_quiet, (frozen || IS_EXACT(0)) && IS_EXACT(1));
  MUST(rollups_days_are_sums, day == hour[0] + hour[1] && day_rows <= 1);
  MUST(rollups_outlive_retention, !frozen || hour[0] == counted_at_freeze)
}

/* Each loader adds a number of its own, so that one that is lost or counted twice is seen. */
inline change(h) {
  fact[h] = fact[h] + (1 << me)
}

inline list(h) {
  log[h] = log[h] | (1 << me)
}

proctype Loader(byte me) {
  byte home;
  if :: home = 0 :: home = 1 fi;
#ifdef HOUR_LISTED_BEFORE
  atomic { list(home) };
#endif
  if
  :: atomic { kills > 0 -> kills--; goto over }
  /* A month that is gone comes back as rows that nobody counts. */
  :: atomic { home == 0 && frozen -> goto over }
  :: atomic {
       home == 1 || !frozen ->
       change(home);
#ifndef HOUR_LISTED_APART
#ifndef HOUR_LISTED_BEFORE
       list(home);
#endif
#endif
       expect_all()
     }
  fi;
#ifdef HOUR_LISTED_APART
  if
  :: atomic { kills > 0 -> kills--; goto over }
  :: atomic { list(home) }
  fi;
#endif
  /* The next revision says that the session belongs to the other home: its row there goes, and comes here. */
  if
  :: atomic {
       !frozen ->
       fact[home] = fact[home] - (1 << me);
       change(1 - home);
#ifndef ONLY_NEW_HOUR_LISTED
       log[home] = log[home] | (1 << (me + LOADERS));
#endif
       log[1 - home] = log[1 - home] | (1 << (me + LOADERS));
       expect_all()
     }
  :: true
  fi;
over:
  skip
}

inline take_snapshot() {
  s_fact[0] = fact[0]; s_fact[1] = fact[1];
  s_log[0] = log[0]; s_log[1] = log[1];
  s_hour[0] = hour[0]; s_hour[1] = hour[1];
  s_rows[0] = hour_rows[0]; s_rows[1] = hour_rows[1];
  s_version[0] = hour_version[0]; s_version[1] = hour_version[1];
  s_day = day; s_day_rows = day_rows; s_day_version = day_version;
  s_state = state_version;
  s_frozen = frozen
}

inline forget_snapshot() {
  s_fact[0] = 0; s_fact[1] = 0; s_log[0] = 0; s_log[1] = 0; s_hour[0] = 0; s_hour[1] = 0; s_rows[0] = 0; s_rows[1] = 0;
  s_version[0] = 0; s_version[1] = 0; s_day = 0; s_day_rows = 0; s_day_version = 0; s_state = 0; s_frozen = false;
  taken = 0
}

inline lock_state() {
  if :: atomic { state_locked_by == NOBODY -> state_locked_by = me } fi
}

inline unlock_state() {
  if :: state_locked_by == me -> state_locked_by = NOBODY :: else fi
}

/* The row that a home had in the snapshot goes, and one comes. A row that the snapshot does not see stays. */
inline publish_hour(home) {
  if
  :: taken & (1 << home) ->
     hour[home] = hour[home] - s_hour[home] + s_fact[home];
     hour_rows[home] = hour_rows[home] - s_rows[home] + 1;
     hour_version[home]++;
     s_hour[home] = s_fact[home];
#ifdef LIST_CLEARED_AS_IT_IS
     log[home] = 0
#else
     log[home] = log[home] & ~s_log[home]
#endif
  :: else
  fi
}

inline publish_day() {
  if
  :: taken != 0 ->
     day = day - s_day + s_hour[0] + s_hour[1];
     day_rows = day_rows - s_day_rows + 1;
     day_version++
  :: else
  fi
}

/* A row of the log or of the rollups that another transaction has deleted since the snapshot cannot be deleted again. */
#define IS_OVERTAKEN ((taken & 1) && ((s_log[0] & ~log[0]) != 0 || s_rows[0] != 0 && s_version[0] != hour_version[0]) \
  || (taken & 2) && ((s_log[1] & ~log[1]) != 0 || s_rows[1] != 0 && s_version[1] != hour_version[1]) \
  || taken != 0 && s_day_rows != 0 && s_day_version != day_version)

proctype Refresher(byte me) {
  byte s_fact[HOMES];
  byte s_log[HOMES];
  byte s_hour[HOMES];
  byte s_rows[HOMES];
  byte s_version[HOMES];
  byte s_day, s_day_rows, s_day_version, s_state, taken;
  bool s_frozen;
  byte times = 0;
  do
  :: times == REFRESHES -> break
  :: atomic { times < REFRESHES && (log[0] | log[1]) != 0 -> times++; take_snapshot() };
#ifndef NO_STATE_LOCK
     lock_state();
     if
     :: atomic { s_state != state_version -> unlock_state(); forget_snapshot(); goto overtaken }
     :: s_state == state_version
     fi;
#endif
     /* The facts are read now, as of the snapshot; but a table that is gone has no rows in any snapshot. */
     atomic {
       if
       :: taken = (s_log[0] && !s_frozen -> 1 : 0) | (s_log[1] -> 2 : 0)
       :: s_log[0] && s_log[1] -> taken = 2
       fi;
       if :: dropped -> s_fact[0] = 0 :: else fi
     };
     if
     :: atomic { kills > 0 -> kills--; unlock_state(); forget_snapshot() }
     :: atomic { IS_OVERTAKEN -> unlock_state(); forget_snapshot() }
     :: atomic {
          !IS_OVERTAKEN ->
          publish_hour(0);
          publish_hour(1);
          publish_day();
          if :: s_frozen -> log[0] = log[0] & ~s_log[0] :: else fi;
          state_version++;
          unlock_state();
          forget_snapshot();
          expect_all()
        }
     fi;
overtaken:
     skip
  :: true -> break
  od
}

/* Once the changes of home 0 are counted, its month goes, in the transaction that freezes it. */
proctype Retention(byte me) {
  if
  :: true
  :: log[0] == 0 ->
#ifndef FREEZE_WITHOUT_STATE
     lock_state();
#endif
     atomic {
       frozen = true;
       dropped = true;
       fact[0] = 0;
       counted_at_freeze = hour[0];
       state_version++;
       unlock_state();
       expect_all()
     }
  fi
}

init {
  byte p;
  atomic {
    for (p : 0 .. LOADERS - 1) { run Loader(p) };
    for (p : LOADERS .. LOADERS + REFRESHERS - 1) { run Refresher(p) };
    run Retention(LOADERS + REFRESHERS)
  }
}
