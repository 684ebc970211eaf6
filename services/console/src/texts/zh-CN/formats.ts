import { intlFormats } from '../intl-formats.ts'

export const formats = intlFormats('zh-CN', {
  justNow: '刚刚',
  tookTooLong: '读取超时',
  about: (number) => `约 ${number}`,
  under: (share) => `不到 ${share}`,
  comma: '、',
  clause: '，',
})
