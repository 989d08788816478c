import { SAMPLE_STATES, type SampleState } from '../../profile/tables.ts';
import { type LabelRole, parseGil, parseIdText } from './label-roles.ts';

/** What the labels of one sample tell. One object serves all samples. */
export class LabelValues {
  pid = 0;
  command = '';
  tid = 0;
  nativeTid = 0;
  thread = '';
  comm = '';
  state = 0;
  timeLow = 0;
  timeHigh = 0;

  clear(): void {
    this.pid = 0;
    this.command = '';
    this.tid = 0;
    this.nativeTid = 0;
    this.thread = '';
    this.comm = '';
    this.state = 0;
    this.timeLow = 0;
    this.timeHigh = 0;
  }

  copy(other: LabelValues): void {
    this.pid = other.pid;
    this.command = other.command;
    this.tid = other.tid;
    this.nativeTid = other.nativeTid;
    this.thread = other.thread;
    this.comm = other.comm;
    this.state = other.state;
    this.timeLow = other.timeLow;
    this.timeHigh = other.timeHigh;
  }

  /** A label has a text, or a number. */
  set(role: LabelRole, low: number, high: number, text: string): void {
    const number = high * 2 ** 32 + (low >>> 0);
    switch (role) {
      case 'pid':
      case 'tid':
      case 'nativeTid': {
        const id = text === '' ? number : parseIdText(text);
        if (!Number.isNaN(id)) this[role] = id;
        // An id that is no number keeps threads apart all the same.
        else if (role !== 'pid' && this.comm === '') this.comm = text;
        break;
      }
      case 'command':
      case 'thread':
      case 'comm':
        this[role] = text;
        break;
      case 'time':
        this.timeLow = low;
        this.timeHigh = high;
        break;
      case 'state':
        this.state |= Math.max(0, SAMPLE_STATES.indexOf(text as SampleState));
        break;
      case 'gil':
        this.state |= parseGil(text);
        break;
    }
  }
}
