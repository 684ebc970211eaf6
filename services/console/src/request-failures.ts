import type { ConsoleFailure } from './answers.ts'

/** Failures that depend on the request alone. */

export const unknownHost: ConsoleFailure = {
  status: 421,
  code: 'unknown_host',
  message:
    'The console does not serve this host name. If it should, add the name to console.hosts in aftercall.yaml and restart the console.',
}

export const severalHosts: ConsoleFailure = {
  status: 400,
  code: 'several_hosts',
  message: 'The request has more than one Host header.',
}

export const unknownPage: ConsoleFailure = {
  status: 404,
  code: 'not_found',
  message: 'There is no page at this address.',
}

export const crossSite: ConsoleFailure = {
  status: 403,
  code: 'cross_site',
  message: 'This form was not sent by a page of this console. Open the page here, and try again.',
}

export const readOnly: ConsoleFailure = {
  status: 403,
  code: 'read_only',
  message: 'You may only read here. The bottom of each page says why.',
}

export const notAForm: ConsoleFailure = {
  status: 415,
  code: 'not_a_form',
  message: 'The console only accepts forms (application/x-www-form-urlencoded).',
}

export const formTooLarge: ConsoleFailure = {
  status: 413,
  code: 'form_too_large',
  message: 'The form is larger than 64 KiB.',
}

export const tooLarge: ConsoleFailure = {
  status: 400,
  code: 'answer_too_large',
  message: 'The answer would be larger than 16 MiB. Request fewer rows with limit, or use aftercall sql.',
}

export const defect: ConsoleFailure = {
  status: 500,
  code: 'defect',
  message: 'This is a defect of the console. Please report it with the line from its log.',
}
