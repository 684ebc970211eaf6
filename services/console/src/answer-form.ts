import { randomUUID } from 'node:crypto'
import type { HttpAnswer } from '@aftercall/runtime/process/serve-http'
import { ActionRefusedError } from '@aftercall/warehouse/actions/ask-actions'
import { type AskedAction, type FormFields, fieldsOf, readAsked } from './actions/asked-action.ts'
import type { Acts } from './actions/open-acts.ts'
import { type Asked, answerError, answerFailure, html, type Pages, shellOf } from './answer-page.ts'
import type { ConsoleFailure } from './answers.ts'
import type { Viewer } from './identity.ts'
import { renderConfirmPage } from './pages/confirm-page.ts'
import { readQueryProblem } from './query-problem.ts'
import { readForm } from './read-form.ts'
import { readOnly } from './request-failures.ts'
import { FailedRequest } from './route.ts'

/** The addresses that accept forms. */
export const formPaths = {
  confirm: /^\/confirm$/,
  ask: /^\/actions$/,
  cancel: /^\/actions\/(\d{1,18})\/cancel$/,
}

export type Forms = Pages & {
  acts: Acts
  /** Above this number, a person types it. */
  actionsMax: number
}

/** The page that confirms an action, or the way to the action that was asked for. Only an actor may ask. */
export async function answerForm(
  forms: Forms,
  asked: Asked,
  viewer: Viewer,
  text: string,
): Promise<HttpAnswer> {
  try {
    if (viewer.kind !== 'actor') throw new FailedRequest(readOnly)
    const path = asked.url.pathname
    const [, cancelled] = formPaths.cancel.exec(path) ?? []
    if (cancelled !== undefined) {
      await forms.acts.cancel(cancelled, viewer.name)
      return seeOther(`/actions/${cancelled}`)
    }
    const form = readForm(text)
    const action = requireAsked(form)
    if (formPaths.confirm.test(path))
      return await confirm(forms, asked, viewer, { action, form, problem: null })
    return await askOnce(forms, asked, viewer, { action, form })
  } catch (error) {
    if (error instanceof ActionRefusedError) return answerFailure(forms, asked, refused(error), viewer)
    return answerError(forms, asked, error, viewer)
  }
}

type Sent = { action: AskedAction; form: FormFields }

async function confirm(
  forms: Forms,
  asked: Asked,
  viewer: Viewer,
  { action, form, problem }: Sent & { problem: string | null },
): Promise<HttpAnswer> {
  const count = await forms.acts.count(action)
  const isLarge = count !== null && count > forms.actionsMax
  const confirmation = { asked: action, fields: fieldsOf(form), count, isLarge, key: randomUUID(), problem }
  return html(200, renderConfirmPage(confirmation, shellOf(forms, asked, viewer)))
}

/** Shows the confirmation again where it was for another number, or where the number was not typed. */
async function askOnce(
  forms: Forms,
  asked: Asked,
  viewer: Viewer & { kind: 'actor' },
  sent: Sent,
): Promise<HttpAnswer> {
  const { action, form } = sent
  const formKey = form.get('key')?.[0] ?? ''
  const confirmed = readCount(form.get('count')?.[0] ?? '')
  if (!uuid.test(formKey) || confirmed === undefined) throw new FailedRequest(incomplete)
  const count = await forms.acts.count(action)
  if (count !== null && (confirmed === null || count > confirmed)) {
    const problem = asked.texts.confirm.changed(count, confirmed)
    return confirm(forms, asked, viewer, { ...sent, problem })
  }
  if (
    confirmed !== null &&
    confirmed > forms.actionsMax &&
    form.get('typed')?.[0]?.trim() !== String(confirmed)
  )
    return confirm(forms, asked, viewer, { ...sent, problem: asked.texts.confirm.otherNumber })
  const id = await forms.acts.ask(action, { by: viewer.name, formKey, confirmed })
  return seeOther(`/actions/${id}`)
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Null: none was shown. Undefined: not a number. */
function readCount(text: string): number | null | undefined {
  if (text === '') return null
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function requireAsked(form: FormFields): AskedAction {
  const asked = readAsked(form)
  if (!('problems' in asked)) return asked
  if (asked.problems.length === 0) throw new FailedRequest(incomplete)
  const problems = asked.problems.map(readQueryProblem)
  throw new FailedRequest({ ...incomplete, reason: { kind: 'bad_query', problems } })
}

const incomplete: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'incomplete_form' },
}

function refused({ message, code }: ActionRefusedError): ConsoleFailure {
  return { status: 400, code, reason: { kind: 'action_refused', said: message } }
}

function seeOther(location: string): HttpAnswer {
  return { status: 303, type: 'text/plain; charset=utf-8', body: `${location}\n`, headers: { location } }
}
