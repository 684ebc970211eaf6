import { type Random, type Weighted, weighted } from './random.ts'

export type Channel = 'call' | 'chat'

/** The course of events of a session. Every course has its own scenario file or branch. */
export type Course =
  | 'inbound'
  | 'callback'
  | 'scheduled'
  | 'outbound'
  | 'campaign'
  | 'internal'
  | 'direct'
  | 'message-in'
  | 'message-out'

export type MenuType = 'ivr_menu' | 'mobile_menu' | 'web_menu' | 'sms_menu'

/** A session type of contract c.2. */
export type SessionKind = {
  channel: Channel
  /** `session_type_v2` */
  current: string
  /** `call_type` or `chat_type`, repeated in `session_type`. The same as `current` if no legacy spelling is known. */
  legacy: string
  course: Course
  /** The menu tree that the end user came through. Null if there is none. */
  menuType: MenuType | null
}

/** The share of calls in all sessions. */
export const callShare = 0.7

export const callKinds: Weighted<SessionKind> = [
  [call('Voice Inbound (IVR)', 'inbound', 'ivr_menu'), 48],
  [call('Voice Inbound (IVR via Mobile)', 'inbound', 'ivr_menu', 'Voice Inbound (IVR using App)'), 4],
  [call('Voice Inbound (Mobile)', 'inbound', 'mobile_menu', 'Voice Inbound (App)'), 7],
  [call('Voice Callback (Web)', 'callback', 'web_menu'), 4],
  [call('Voice Inbound (API)', 'inbound', 'ivr_menu', 'IncomingCall'), 2],
  [call('Voice Scheduled (Mobile)', 'scheduled', 'mobile_menu', 'ScheduledCall'), 2],
  [call('Voice Scheduled (Web)', 'scheduled', 'web_menu', 'ScheduledCall'), 2],
  [call('Voice Scheduled (API)', 'scheduled', 'ivr_menu', 'ScheduledCall'), 1],
  [call('Voice Outbound', 'outbound', 'ivr_menu', 'OutboundCall'), 10],
  [call('Voice Outbound (API)', 'outbound', 'ivr_menu', 'OutboundCall'), 2],
  [call('Voice Campaign', 'campaign', 'ivr_menu'), 8],
  [call('Voice Internal', 'internal', null), 2],
  [call('Voice Inbound (Direct)', 'direct', null), 0.6],
  [call('Voice Outbound (Direct)', 'outbound', null), 0.6],
  [call('Voice Outbound (UCaaS)', 'outbound', null), 0.3],
  [call('Voice Inbound (Extension)', 'direct', null), 0.4],
]

export const chatKinds: Weighted<SessionKind> = [
  [chat('Messaging Inbound (Web Chat)', 'message-in', 'web_menu'), 48],
  [chat('Messaging Inbound (Mobile Chat)', 'message-in', 'mobile_menu', 'Messaging Inbound (App Chat)'), 17],
  [chat('Messaging Inbound (SMS)', 'message-in', 'sms_menu', 'Messaging (SMS)'), 14],
  [chat('Messaging Outbound (SMS)', 'message-out', 'sms_menu', 'Messaging (SMS)'), 5],
  [chat('Messaging Outbound (SMS via API)', 'message-out', 'sms_menu', 'Messaging (API)'), 4],
  [chat('Messaging Inbound (SMS Direct)', 'message-in', null), 1.2],
  [chat('Messaging Outbound (SMS Direct)', 'message-out', null), 0.8],
  [chat('Messaging Outbound (SMS Direct via API)', 'message-out', null), 0.6],
  [chat('Messaging (WhatsApp)', 'message-in', 'sms_menu'), 9],
]

export function drawKind(random: Random, channel: Channel): SessionKind {
  return weighted(random, channel === 'call' ? callKinds : chatKinds)
}

const promptCallKinds = callKinds.filter(([{ course }]) => course !== 'scheduled' && course !== 'callback')

/** A kind of session that is neither created long before it begins nor exported long after it ends. */
export function drawPromptKind(random: Random, channel: Channel): SessionKind {
  return channel === 'call' ? weighted(random, promptCallKinds) : drawKind(random, channel)
}

function call(current: string, course: Course, menuType: MenuType | null, legacy = current): SessionKind {
  return { channel: 'call', current, legacy, course, menuType }
}

function chat(current: string, course: Course, menuType: MenuType | null, legacy = current): SessionKind {
  return { channel: 'chat', current, legacy, course, menuType }
}
