/** What is wrong with a parameter of a request. It never holds the value. */
export type QueryProblem =
  | { kind: 'unknown'; names: readonly string[] }
  | { kind: 'not_text' | 'not_a_number' | 'unknown_format'; name: string }
  | { kind: 'too_small'; name: string; least: string }
  | { kind: 'too_big'; name: string; most: string; isLength: boolean }
  | { kind: 'not_one_of'; name: string; values: readonly string[] }

/** Why there is no answer, as a code with its values. Each language has its words. */
export type FailureReason =
  | { kind: PlainReason }
  | { kind: 'bad_span'; daysMax: number }
  | { kind: 'bad_query'; problems: readonly QueryProblem[] }
  /** In the words of the database. */
  | { kind: 'action_refused'; said: string }
  /** `said`: the error of the driver. */
  | { kind: 'database_away'; said: string }

type PlainReason =
  | 'unknown_host'
  | 'several_hosts'
  | 'unknown_page'
  | 'unknown_source'
  | 'unknown_rejection'
  | 'unknown_action'
  | 'cross_site'
  | 'read_only'
  | 'not_a_form'
  | 'incomplete_form'
  | 'form_too_large'
  | 'answer_too_large'
  | 'defect'
  | 'not_a_table'
  | 'not_a_source'
  | 'key_without_source'
  | 'day_without_source'
  | 'not_a_position'
  | 'unstorable'
  | 'database_login'
  | 'database_missing'
  | 'database_privilege'
  | 'database_schema'
  | 'database_slow'
  | 'database_locked'
