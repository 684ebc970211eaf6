import { buildTenant } from '../build-tenant.ts'

const officeHours = { open: 9, close: 18, weekdays: [1, 2, 3, 4, 5] }

/** A Japanese mail-order house: names, menus and languages outside ASCII, no daylight saving. */
export const hoshizora = buildTenant({
  name: 'hoshizora',
  timeZone: 'Asia/Tokyo',
  weight: 15,
  languages: [
    ['ja', 93],
    ['en', 7],
  ],
  supportNumber: '+15550170300',
  outboundNumber: '+15550170200',
  phonePrefixes: ['+15557'],
  phoneDigits: 12,
  menus: [
    {
      menuType: 'ivr_menu',
      root: '総合案内',
      queues: [
        { name: 'VA', purpose: 'virtual_agent' },
        { name: '配送', hours: officeHours, medianWaitSeconds: 35 },
        { name: '請求', hours: officeHours },
        { name: '緊急窓口', serviceLevel: [20, 90, 5], medianWaitSeconds: 8 },
        { name: 'ご案内', purpose: 'campaign', dispositions: ['成約', '再架電', '不在'] },
      ],
    },
    {
      menuType: 'mobile_menu',
      root: 'アプリ',
      queues: [{ name: '会員', hours: officeHours }, { name: '返品' }],
    },
    {
      menuType: 'web_menu',
      root: 'ウェブ',
      queues: [
        { name: '案内VA', purpose: 'virtual_agent' },
        { name: '注文', hours: officeHours },
        { name: '返品' },
      ],
    },
    { menuType: 'sms_menu', root: 'メッセージ', queues: [{ name: '配送状況', hours: officeHours }] },
  ],
  agents: [
    '花子 佐藤|Hanako Sato',
    '健 鈴木|Ken Suzuki',
    '美咲 高橋|Misaki Takahashi',
    '大輔 田中|Daisuke Tanaka',
    '結衣 伊藤|Yui Ito',
    '翔 渡辺|Sho Watanabe',
    '葵 山本|Aoi Yamamoto',
    '蓮 中村|Ren Nakamura',
  ],
  teams: ['配送チーム', '請求チーム'],
  virtualAgents: [
    ['Front door VA', 'Aki'],
    ['案内VA', null],
    ['決済VA', null],
  ],
  location: { lang: 'ja', name: 'ja-JP', timeZone: 'Asia/Tokyo', createdAt: '2025-06-02T01:15:00Z' },
  consumerNames: ['Mei Kobayashi', 'Riku Kato', 'Sakura Yoshida', 'Haruto Sasaki'],
  dialect: {
    uuidKey: 'value',
    subStatusKey: 'sub_status',
    excludedServiceLevel: 'excluded',
    stringQueueIds: true,
  },
})
