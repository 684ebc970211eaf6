import type { AskedAction } from '../../actions/asked-action.ts'
import type { Texts } from '../en.ts'
import { code, type Words } from '../marked.ts'
import { formats } from './formats.ts'
import { hostWords } from './host-words.ts'

const n = formats.number

export const actions: Texts['actions'] = {
  title: '操作',
  lead: '谁让工作进程做了什么，结果如何。',
  none: '还没有操作',
  noneText: ['在控制台页面上或用 ', code('--via worker'), ' 发起的操作会显示在这里。'],
  older: '更早的操作',
  maintain: '维护数据库…',
  action: '操作',
  state: '状态',
  askedBy: '操作人',
  confirmed: '确认数量',
  soFar: '进度',
  asked: '提出时间',
  states: { waiting: '等待中', running: '执行中', done: '已完成', failed: '失败', cancelled: '已取消' },
  describe: ({ kind, source, ids, code: failure, run, fix, dryRun, fromKept, prefix }) => {
    const of = source === null ? '' : ` ${source} 的`
    const which = ids === null ? `${of}拒收` : ` ${n(ids)} 条拒收`
    const why = failure === null ? '' : `，${failure}`
    switch (kind) {
      case 'replay':
        return `重放${which}${why}${fromKept ? '，用保留的内容' : ''}`
      case 'ignore':
        return `忽略${which}${why}`
      case 'reopen':
        return `重新打开${which}${why}`
      case 'backfill':
        return `${dryRun ? '估算回填' : '回填'} ${source ?? ''}${prefix === null ? '' : `，${prefix}`}`
      case 'pause':
        return `暂停${of}运行 ${run}`
      case 'resume':
        return `恢复${of}运行 ${run}`
      case 'reconcile':
        return `对账 ${source ?? ''}${fix ? ' 并修复' : ''}`
      case 'maintain':
        return '维护数据库'
    }
  },
}

export const action: Texts['action'] = {
  title: (id) => `操作 ${id}`,
  result: (state, counts) => {
    switch (state) {
      case 'waiting':
        return '等待工作进程。工作进程每五秒查看一次操作，每个数据源同一时间只执行一个批量操作。'
      case 'running':
        return `工作进程正在执行${counts === '' ? '' : `；目前：${counts}`}。`
      case 'done':
        return counts === '' ? '已完成。' : `已完成：${counts}。`
      case 'failed':
        return counts === '' ? '失败。' : `失败；在此之前：${counts}。`
      case 'cancelled':
        return counts === '' ? '已取消。' : `已取消；已完成的部分保留：${counts}。`
    }
  },
  estimate: (counts, dollars) => {
    const { listed = 0, toLoad = 0, bytes = 0, secondsLow, secondsHigh } = counts
    const time =
      secondsLow === undefined || secondsHigh === undefined
        ? ''
        : `，约需 ${formats.duration(secondsLow * 1_000)}到 ${formats.duration(secondsHigh * 1_000)}`
    return `列出 ${n(listed)} 个对象。待加载 ${n(toLoad)} 个文件，${formats.bytes(bytes)}${time}，按 us-east-1 标价为 ${dollars}。尚未加载任何内容。`
  },
  cancelling: (name) => `${name} 已取消；工作进程即将停止。`,
  cancel: '取消',
  load: (files, dollars) => `加载 ${n(files)} 个文件，${dollars}…`,
  asker: (name, login) => `${name}，经数据库账号 ${login}`,
  withoutNumber: '没有数量',
  arguments: '参数',
  run: '运行',
  runOf: (id) => `运行 ${id}`,
  worker: '工作进程',
  takenBy: (name, takes) =>
    takes > 1 ? `${hostWords(name)}，第 ${takes} 个接手的工作进程` : hostWords(name),
  started: '开始时间',
  ended: '结束时间',
  cancelledBy: '取消人',
}

export const commandActs: Texts['commandActs'] = {
  maintain: '维护…',
  replay: '重放…',
  reconcile: '对账…',
  reconcileAndFix: '对账并修复…',
  resume: '恢复…',
}

export const confirm: Texts['confirm'] = {
  title: (label) => `${label}？`,
  nothing: '已经没有符合条件的内容，无需执行。',
  typed: (count) => `数量较大。请输入数字 ${n(count)}（不带分隔符）以确认：`,
  changed: (count, confirmed) =>
    `现在的数量是 ${count}，您确认的${confirmed === null ? '是空白' : `是 ${confirmed}`}。请重新确认。`,
  otherNumber: '输入的数字不一致。',
  asked: askedWords,
}

function askedWords(asked: AskedAction, count: number | null): { label: string; what: Words } {
  const rejections = `${n(count ?? 0)} 条拒收`
  switch (asked.kind) {
    case 'replay':
      return {
        label: `重放 ${rejections}`,
        what: '工作进程会从存储桶重新读取这些对象。可以使用的会存储，仍无法使用的保持拒收。',
      }
    case 'replay-kept':
      return {
        label: `用保留的内容重放 ${rejections}`,
        what: '工作进程会读取随拒收保留的内容，而不是存储桶。',
      }
    case 'ignore':
      return { label: `忽略 ${rejections}`, what: '它们不再列为未处理。已忽略的拒收可以重新打开。' }
    case 'reopen':
      return { label: `重新打开 ${rejections}`, what: '它们会重新列为未处理。' }
    case 'reconcile': {
      const { source, fix } = asked.fields
      const then = fix === 'on' ? '，加载缺失或过时的对象，并记录已不在桶中的对象' : '，不加载任何内容'
      return { label: `对账 ${source}`, what: `工作进程会列出 ${source} 的存储桶并与台账对照${then}。` }
    }
    case 'backfill':
      return askedBackfill(asked, count)
    case 'pause':
      return {
        label: `暂停运行 ${asked.fields.run}`,
        what: '加载进程会在几秒内停止，在恢复之前没有工作进程继续它。新到的文件照常加载。',
      }
    case 'resume':
      return { label: `恢复运行 ${asked.fields.run}`, what: '工作进程会从停下的位置继续。' }
    case 'maintain':
      return {
        label: '维护数据库',
        what: [
          '工作进程会创建未来月份的分区、清空默认分区，并删除超过保留期的数据，限制与 ',
          code('aftercall maintain'),
          ' 相同。',
        ],
      }
  }
}

function askedBackfill(
  { fields: { source, dryRun } }: AskedAction & { kind: 'backfill' },
  count: number | null,
): { label: string; what: string } {
  if (dryRun === 'on')
    return {
      label: `估算 ${source} 的回填`,
      what: '工作进程会列出存储桶并测量样本，说明要加载多少文件、需要多长时间以及 AWS 收费多少。不加载任何内容。',
    }
  return {
    label: count === null ? `加载 ${source}` : `加载 ${source} 的 ${n(count)} 个文件`,
    what: '工作进程会从最新的开始加载，与实时流量并行。运行可以暂停。',
  }
}
