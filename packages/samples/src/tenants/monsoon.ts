import { buildTenant } from '../build-tenant.ts'

const officeHours = { open: 9, close: 21, weekdays: [0, 1, 2, 3, 4, 5, 6] }

/** An Indian broadband provider: an offset with half an hour, and no queue priorities. */
export const monsoon = buildTenant({
  name: 'monsoon',
  timeZone: 'Asia/Kolkata',
  weight: 8,
  languages: [
    ['hi', 55],
    ['en', 40],
    ['ta', 5],
  ],
  supportNumber: '+15550180300',
  outboundNumber: '+15550180200',
  phonePrefixes: ['+15558'],
  phoneDigits: 12,
  menus: [
    {
      menuType: 'ivr_menu',
      root: 'मुख्य मेनू',
      queues: [
        { name: 'सहायक', purpose: 'virtual_agent' },
        { name: 'ब्रॉडबैंड', hours: officeHours, medianWaitSeconds: 75, medianTalkSeconds: 300 },
        { name: 'Billing', hours: officeHours },
        { name: 'Outage hotline', serviceLevel: [45, 80, 10] },
        { name: 'Plan upgrades', purpose: 'campaign' },
      ],
    },
    { menuType: 'mobile_menu', root: 'App', queues: [{ name: 'Recharge', hours: officeHours }] },
    {
      menuType: 'web_menu',
      root: 'Web',
      queues: [{ name: 'New connection', hours: officeHours }, { name: 'Support' }],
    },
    { menuType: 'sms_menu', root: 'SMS', queues: [{ name: 'Recharge', hours: officeHours }] },
  ],
  agents: [
    'Aarav Nair',
    'Bhavna Joshi',
    'Chetan Rao',
    'Diya Menon',
    'Esha Kapoor',
    'Farhan Sheikh',
    'Gauri Kulkarni',
    'प्रिया शर्मा|Priya Sharma',
  ],
  teams: ['Broadband care'],
  virtualAgents: [
    ['Sahayak', null],
    ['Recharge task VA', null],
  ],
  location: { lang: 'hi', name: 'hi-IN', timeZone: 'Europe/London', createdAt: '2025-05-11T09:00:30Z' },
  consumerNames: ['Kabir Anand', 'Lakshmi Pillai', 'Manish Verma', 'Nandini Bose'],
  dialect: { queuePriority: false, uuidKey: 'absent', subStatusKey: 'sub_status' },
})
