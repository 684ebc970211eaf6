import { buildTenant } from '../build-tenant.ts'

const workdays = [1, 2, 3, 4, 5]
const officeHours = { open: 8, close: 18, weekdays: workdays }

/** A British energy supplier that also dials out. Its agents are in a North American location. */
export const brightwell = buildTenant({
  name: 'brightwell',
  timeZone: 'Europe/London',
  weight: 25,
  languages: [
    ['en', 95],
    ['cy', 5],
  ],
  supportNumber: '+442079460300',
  outboundNumber: '+447700900900',
  phonePrefixes: [
    '+447700900',
    '+441134960',
    '+441144960',
    '+441154960',
    '+441164960',
    '+441174960',
    '+441184960',
    '+441214960',
    '+441314960',
    '+441414960',
    '+441514960',
    '+441614960',
    '+441914980',
    '+442079460',
    '+442890180',
    '+442920180',
  ],
  phoneDigits: 13,
  menus: [
    {
      menuType: 'ivr_menu',
      root: 'Welcome',
      queues: [
        { name: 'Meter VA', purpose: 'virtual_agent' },
        {
          name: 'Bills and payments',
          hours: officeHours,
          medianWaitSeconds: 65,
          serviceLevel: [120, 80, 15],
        },
        { name: 'Moving home', hours: officeHours, medianTalkSeconds: 410 },
        { name: 'Gas emergency', serviceLevel: [10, 95, 5], medianWaitSeconds: 6, medianTalkSeconds: 150 },
        {
          name: 'Tariff renewals',
          purpose: 'campaign',
          dispositions: ['Renewed', 'Call again', 'No answer'],
        },
      ],
    },
    {
      menuType: 'mobile_menu',
      root: 'App',
      queues: [{ name: 'My meter', hours: officeHours }, { name: 'Outages' }],
    },
    {
      menuType: 'web_menu',
      root: 'Website',
      queues: [
        { name: 'Web VA', purpose: 'virtual_agent' },
        { name: 'Bills and payments', hours: officeHours },
        { name: 'Vulnerable customers', serviceLevel: [30, 90, 10], medianWaitSeconds: 14 },
      ],
    },
    { menuType: 'sms_menu', root: 'Text', queues: [{ name: 'Meter readings', hours: officeHours }] },
  ],
  agents: [
    'Ailsa Murray',
    'Benedict Cole',
    'Carys Llewellyn',
    'Dominic Hurst',
    'Eilidh Fraser',
    'Farah Aziz',
    'Gareth Pugh',
    'Hettie Lowe',
    'Imran Qureshi',
    'Jessamy Tull',
    'Keiran O’Dowd|Keiran ODowd',
    'Siân Morgan|Sian Morgan',
  ],
  teams: ['Billing UK', 'Field UK'],
  virtualAgents: [
    ['Meter VA', null],
    ['Web VA', 'Sparky'],
    ['Direct debit task VA', null],
  ],
  location: { lang: 'en', name: 'en-US', timeZone: 'America/New_York', createdAt: '2025-10-17T12:32:47Z' },
  consumerNames: ['Harriet Dunn', 'Tobias Finch', 'Maya Osborne', 'Rhys Bevan', 'Zainab Malik'],
  dialect: {
    uuidKey: 'null',
    ivrViaMobile: 'Voice Inbound (IVR using Mobile)',
    subStatusKey: 'subStatus',
    recordingEndedAt: true,
    teams: false,
  },
})
