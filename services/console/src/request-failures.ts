import type { ConsoleFailure } from './answers.ts'

/** Failures that depend on the request alone. */

export const unknownHost: ConsoleFailure = {
  status: 421,
  code: 'unknown_host',
  reason: { kind: 'unknown_host' },
}

export const severalHosts: ConsoleFailure = {
  status: 400,
  code: 'several_hosts',
  reason: { kind: 'several_hosts' },
}

export const unknownPage: ConsoleFailure = {
  status: 404,
  code: 'not_found',
  reason: { kind: 'unknown_page' },
}

export const crossSite: ConsoleFailure = {
  status: 403,
  code: 'cross_site',
  reason: { kind: 'cross_site' },
}

export const readOnly: ConsoleFailure = {
  status: 403,
  code: 'read_only',
  reason: { kind: 'read_only' },
}

export const notAForm: ConsoleFailure = {
  status: 415,
  code: 'not_a_form',
  reason: { kind: 'not_a_form' },
}

export const formTooLarge: ConsoleFailure = {
  status: 413,
  code: 'form_too_large',
  reason: { kind: 'form_too_large' },
}

export const tooLarge: ConsoleFailure = {
  status: 400,
  code: 'answer_too_large',
  reason: { kind: 'answer_too_large' },
}

export const defect: ConsoleFailure = {
  status: 500,
  code: 'defect',
  reason: { kind: 'defect' },
}
