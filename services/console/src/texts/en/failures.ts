import type { ConsoleFailure } from '../../answers.ts'
import type { FailureReason, QueryProblem } from '../../failure-reason.ts'
import type { Words } from '../marked.ts'

export const failures = {
  titles: {
    400: 'The request is not valid',
    403: 'Not allowed',
    404: 'Page not found',
    413: 'The form is too large',
    415: 'Not a form',
    421: 'Unknown host name',
    500: 'Something went wrong',
    503: 'The database is not available',
  } satisfies Record<ConsoleFailure['status'], string>,
  triesAgain:
    'This page tries again every few seconds. Nothing is lost: messages that are not stored yet stay in the queue.',
  back: 'Back to the overview',
  words: (reason: FailureReason): Words => wordFailure(reason),
}

/** What is wrong, and what to do; also the message of an answer under `/api`. */
export function wordFailure(reason: FailureReason): string {
  switch (reason.kind) {
    case 'bad_span':
      return `from must not be after to, and they may be at most ${reason.daysMax} days apart.`
    case 'bad_query':
      return reason.problems.map(wordQueryProblem).join(' ')
    case 'action_refused':
      return reason.said
    case 'database_away':
      return `The database does not answer: ${reason.said}.`
    default:
      return plain[reason.kind]
  }
}

function wordQueryProblem(problem: QueryProblem): string {
  switch (problem.kind) {
    case 'unknown':
      return `Unknown parameter: ${problem.names.join(', ')}.`
    case 'not_text':
      return `${problem.name} must be text.`
    case 'not_a_number':
      return `${problem.name} must be a whole number.`
    case 'too_small':
      return `${problem.name} must be ${problem.least} or more.`
    case 'too_big':
      return `${problem.name} must be ${problem.most} or less${problem.isLength ? ' characters long' : ''}.`
    case 'not_one_of':
      return `${problem.name} must be one of: ${problem.values.join(', ')}.`
    case 'unknown_format':
      return `${problem.name} is not in a known format.`
  }
}

const plain: Record<
  Exclude<FailureReason['kind'], 'bad_span' | 'bad_query' | 'action_refused' | 'database_away'>,
  string
> = {
  unknown_host:
    'The console does not serve this host name. If it should, add the name to console.hosts in aftercall.yaml and restart the console.',
  several_hosts: 'The request has more than one Host header.',
  unknown_page: 'There is no page at this address.',
  unknown_source: 'There is no source with this name.',
  unknown_rejection: 'There is no rejection with this id.',
  unknown_action: 'There is no action with this number.',
  cross_site: 'This form was not sent by a page of this console. Open the page here, and try again.',
  read_only: 'You may only read here. The bottom of each page says why.',
  not_a_form: 'The console only accepts forms (application/x-www-form-urlencoded).',
  incomplete_form: 'This is no complete form of this console. Open the page again.',
  form_too_large: 'The form is larger than 64 KiB.',
  answer_too_large:
    'The answer would be larger than 16 MiB. Request fewer rows with limit, or use aftercall sql.',
  defect: 'This is a defect of the console. Please report it with the line from its log.',
  not_a_table: 'format must be csv, and only tables have it.',
  not_a_source: 'source must be the name of a source.',
  key_without_source:
    'key needs a source, because the ledger finds keys by bucket. The search box looks into all buckets.',
  day_without_source: 'day needs a source, because days are local days of a source.',
  not_a_position: 'after must be the "next" of another page.',
  unstorable: 'The address contains a number or a character that the tables cannot contain.',
  database_login: 'The database refuses the login. Correct the user or password in database.url.',
  database_missing:
    'The database in database.url does not exist. Correct the name, or create the database and run aftercall migrate.',
  database_privilege:
    'The user in database.url is not allowed to read this. Ask an administrator to run: grant aftercall_operator to this user (docs/access.md).',
  database_schema: 'The database lacks tables or columns of this release. Run aftercall migrate.',
  database_slow: 'The database took too long to answer. It may be busy; this page tries again.',
  database_locked:
    'A table that this page reads is locked, for example by a migration. This page tries again.',
}
