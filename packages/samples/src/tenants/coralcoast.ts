import { buildTenant } from '../build-tenant.ts'

const workdays = [1, 2, 3, 4, 5]
const officeHours = { open: 7, close: 19, weekdays: [...workdays, 6] }

/** An Australian travel company. Daylight saving ends there when it begins in the north. */
export const coralcoast = buildTenant({
  name: 'coralcoast',
  timeZone: 'Australia/Sydney',
  weight: 12,
  languages: [['en-AU', 100]],
  supportNumber: '+61255500300',
  outboundNumber: '+61255500200',
  phonePrefixes: [
    '+6125550',
    '+6127010',
    '+6135550',
    '+6137010',
    '+6175550',
    '+6177010',
    '+6185550',
    '+6187010',
  ],
  phoneDigits: 12,
  menus: [
    {
      menuType: 'ivr_menu',
      root: 'Reservations',
      queues: [
        { name: 'Trip VA', purpose: 'virtual_agent' },
        { name: 'Flights', medianWaitSeconds: 90, serviceLevel: [180, 70, 20] },
        { name: 'Hotels', hours: officeHours },
        {
          name: 'Upgrade offers',
          purpose: 'campaign',
          dispositions: ['Sold', 'Not interested', 'No answer'],
        },
      ],
    },
    { menuType: 'mobile_menu', root: null, queues: [{ name: 'On the road' }] },
    {
      menuType: 'web_menu',
      root: 'Site',
      queues: [
        { name: 'Web VA', purpose: 'virtual_agent' },
        { name: 'Bookings', hours: officeHours },
        { name: 'Flights' },
      ],
    },
    { menuType: 'sms_menu', root: 'SMS', queues: [{ name: 'Gate changes' }] },
  ],
  agents: [
    'Amelia Tran',
    'Bindi Walsh',
    'Callum Reid',
    'Darcy Nolan',
    'Evie Papadopoulos',
    'Flynn Mercer',
    'Georgia Li',
    'Heath Barlow',
  ],
  teams: ['Travel desk'],
  virtualAgents: [
    ['Trip VA', 'Coral'],
    ['Web VA', null],
    ['Card task VA', null],
  ],
  location: { lang: 'en', name: 'en-AU', timeZone: 'Australia/Sydney', createdAt: '2025-07-21T03:40:05Z' },
  consumerNames: ['Ruby Hughes', 'Archie Singh', 'Matilda Costa', 'Lachlan Moore'],
  dialect: {
    ivrViaMobile: 'Voice Inbound (IVR by Mobile)',
    dropsEmptyKeys: true,
    spacedOutboundNumber: true,
  },
})
