import { buildTenant } from '../build-tenant.ts'

const workdays = [1, 2, 3, 4, 5]
const officeHours = { open: 8, close: 20, weekdays: [...workdays, 6] }

/** A retailer on the American east coast, the largest of the built-in tenants. */
export const harborline = buildTenant({
  name: 'harborline',
  timeZone: 'America/New_York',
  weight: 40,
  languages: [
    ['en', 86],
    ['es', 11],
    ['fr-CA', 3],
  ],
  supportNumber: '+15550100300',
  outboundNumber: '+15550100200',
  phonePrefixes: ['+15550'],
  phoneDigits: 12,
  menus: [
    {
      menuType: 'ivr_menu',
      root: 'Main menu',
      queues: [
        { name: 'Front door', purpose: 'virtual_agent' },
        {
          name: 'Billing',
          hours: officeHours,
          dispositions: ['Resolved', 'Credit applied', 'Transferred - technical'],
        },
        { name: 'Technical support', hours: officeHours, medianTalkSeconds: 340, medianWaitSeconds: 44 },
        { name: 'Orders and returns', hours: officeHours, serviceLevel: [30, 80, 8] },
        { name: 'Lost or stolen card', serviceLevel: [20, 90, 5], medianWaitSeconds: 9 },
        {
          name: 'Renewals',
          purpose: 'campaign',
          dispositions: ['Sale', 'Call again', 'No answer', 'Do not call'],
        },
      ],
    },
    {
      menuType: 'mobile_menu',
      root: 'App support',
      queues: [
        { name: 'Front desk', purpose: 'virtual_agent' },
        { name: 'Account', hours: officeHours },
        { name: 'Delivery' },
      ],
    },
    {
      menuType: 'web_menu',
      root: 'Web support',
      queues: [
        { name: 'Ask first', purpose: 'virtual_agent' },
        { name: 'Orders and returns', hours: officeHours, serviceLevel: [60, 90, 10] },
        { name: 'Gift cards', hours: { open: 9, close: 22, weekdays: [0, ...workdays, 6] } },
      ],
    },
    { menuType: 'sms_menu', root: null, queues: [{ name: 'Delivery status', medianTalkSeconds: 420 }] },
  ],
  agents: [
    'Avery Chen',
    'Bo Martin',
    'Dana Okafor',
    'Ines Walker',
    'Jordan Ruiz',
    'Kai Thompson',
    'Lena Petrov',
    'Marco Silva',
    'Noor Haddad',
    'Owen Clarke',
    'Priya Shah',
    'Quinn Foster',
    'Rosa Jiménez|Rosa Jimenez',
    'Sam Whitfield',
    'Tessa Byrne',
    'Uma Desai',
    'Victor Lindqvist',
    'Wren Holloway',
  ],
  teams: ['Billing EN', 'Tech support EN', 'Digital care'],
  virtualAgents: [
    ['Front door VA', 'Harbor'],
    ['ccaas_escalation_va', null],
    ['Payment task VA', null],
  ],
  location: { lang: 'en', name: 'en-US', timeZone: 'America/New_York', createdAt: '2025-10-17T15:32:47Z' },
  consumerNames: ['Pat Rivera', 'Casey Nguyen', 'Robin Abara', 'Alex Novak', 'Morgan Leclair', 'Jamie Osei'],
  dialect: { uuidKey: 'value', subStatusKey: 'absent' },
})
