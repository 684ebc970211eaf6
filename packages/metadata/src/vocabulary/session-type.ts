import { terms, type Vocabulary } from './vocabulary.ts'

const inbound = { direction: 'inbound' } as const
const outbound = { direction: 'outbound' } as const
const internal = { direction: 'internal' } as const

const legacy = 'Spelling of old files'

/**
 * Contract, sections c.2 and h. The three spellings of one mobile IVR type are one term, and so are a type and its label
 * on the vendor's page. Every other type, including old spellings, is its own term and stays as sent. A test checks that
 * `direction` agrees with `directionOf`.
 */
export const sessionTypeVocabulary: Vocabulary = {
  name: 'session_type',
  about: 'Types of sessions, current and old spellings, with the direction that each has.',
  terms: [
    ...terms(
      'call',
      [
        null,
        'Voice Inbound (IVR)',
        'Inbound, IVR',
        'A caller dialed a number and reached the menu.',
        inbound,
      ],
      [
        null,
        'Voice Inbound (IVR via Mobile)',
        'Inbound, IVR via mobile app',
        'The app sent the caller to the menu of a number.',
        { ...inbound, aliases: ['Voice Inbound (IVR by Mobile)', 'Voice Inbound (IVR using Mobile)'] },
      ],
      [null, 'Voice Inbound (Mobile)', 'Inbound, mobile app', 'Call from the mobile app.', inbound],
      [null, 'Voice Callback (Web)', 'Callback, web', 'Callback that was asked for on a web page.', inbound],
      [null, 'Voice Inbound (API)', 'Inbound, API', 'Inbound call that the API made.', inbound],
      [null, 'Voice Scheduled (Mobile)', 'Scheduled, mobile app', 'Callback at a set time, app.', inbound],
      [null, 'Voice Scheduled (Web)', 'Scheduled, web', 'Callback at a set time, web page.', inbound],
      [null, 'Voice Scheduled (API)', 'Scheduled, API', 'Callback at a set time, API.', inbound],
      [
        null,
        'Voice Scheduled',
        'Scheduled',
        'Callback at a set time; by which way it was asked for is not said.',
        { ...inbound, certainty: "unverified: a label of the vendor's page, not seen in a file" },
      ],
      [null, 'Voice Outbound', 'Outbound', 'An agent called an end user.', outbound],
      [null, 'Voice Outbound (API)', 'Outbound, API', 'Outbound call that the API made.', outbound],
      [null, 'Voice Campaign', 'Campaign', 'Outbound call of a dialer campaign.', outbound],
      [null, 'Voice Internal', 'Internal', 'One agent called another.', internal],
      [null, 'Voice Inbound (Direct)', 'Inbound, direct', "Call to an agent's own number.", inbound],
      [null, 'Voice Outbound (Direct)', 'Outbound, direct', "Call from an agent's own number.", outbound],
      [null, 'Voice Outbound (UCaaS)', 'Outbound, UCaaS', "Call over the company's telephony.", outbound],
      [null, 'Voice Inbound (Extension)', 'Inbound, extension', "Call to an agent's extension.", inbound],
      [
        null,
        'Voice Inbound (IVR using App)',
        'Inbound, IVR via app (old)',
        `${legacy}: IVR via Mobile.`,
        inbound,
      ],
      [null, 'Voice Inbound (App)', 'Inbound, app (old)', `${legacy}: Voice Inbound (Mobile).`, inbound],
      [null, 'IncomingCall', 'Inbound (old)', `${legacy} and of the API's input: an inbound call.`, inbound],
      [null, 'IvrCall', 'Inbound, IVR (old)', `${legacy}: a call to the menu of a number.`, inbound],
      [null, 'ScheduledCall', 'Scheduled (old)', `${legacy}: a callback at a set time.`, inbound],
      [null, 'OutboundCall', 'Outbound (old)', `${legacy}: an outbound call.`, outbound],
    ),
    ...terms(
      'chat',
      [
        null,
        'Messaging Inbound (Web Chat)',
        'Inbound, web chat',
        'Chat from a web page.',
        { ...inbound, aliases: ['Messaging (Web)'] },
      ],
      [
        null,
        'Messaging Inbound (Mobile Chat)',
        'Inbound, mobile chat',
        'Chat from the mobile app.',
        { ...inbound, aliases: ['Messaging (Mobile)'] },
      ],
      [null, 'Messaging Inbound (SMS)', 'Inbound, SMS', 'An end user wrote to a number.', inbound],
      [null, 'Messaging Outbound (SMS)', 'Outbound, SMS', 'An agent wrote to an end user.', outbound],
      [
        null,
        'Messaging Outbound (SMS via API)',
        'Outbound, SMS via API',
        'SMS that the API sent.',
        { ...outbound, aliases: ['Messaging Outbound (SMS by API)', 'Messaging (API)'] },
      ],
      [null, 'Messaging Inbound (SMS Direct)', 'Inbound, direct SMS', "SMS to an agent's number.", inbound],
      [
        null,
        'Messaging Outbound (SMS Direct)',
        'Outbound, direct SMS',
        "SMS from an agent's number.",
        outbound,
      ],
      [
        null,
        'Messaging Outbound (SMS Direct via API)',
        'Outbound, direct SMS via API',
        "SMS from an agent's number that the API sent.",
        { ...outbound, certainty: 'inferred: the page gives the type without its direction' },
      ],
      [null, 'Messaging (WhatsApp)', 'WhatsApp', 'Chat over WhatsApp.', inbound],
      [null, 'Messaging Inbound (App Chat)', 'Inbound, app chat (old)', `${legacy}: Mobile Chat.`, inbound],
      [null, 'Messaging (SMS)', 'SMS (old)', `${legacy}: an SMS session.`, inbound],
    ),
  ],
}
