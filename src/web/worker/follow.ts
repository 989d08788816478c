// Follows a recording while it is made: server-sent events with its bytes (src/server/live-recording.ts). What has come is
// shown a few times a second, and less often when showing it takes long, so that the worker always has time for questions.

import { messageOf } from '../../base/errors.ts';
import { RecordingDecoder } from '../../profile/recording/recording-decoder.ts';
import type { DecodedProfile } from './decode.ts';

export interface FollowOptions {
  /** The recording as it is now. */
  readonly onGrown: (
    decoded: DecodedProfile,
    /** `isAppended`: new samples stand behind all that there were. */
    state: { readonly revision: number; readonly isLive: boolean; readonly isAppended: boolean },
  ) => void;
  readonly onFailed: (message: string) => void;
}

export interface FollowedRecording {
  /** While it is paused nothing new is shown; all of it is there afterwards. */
  pause(isPaused: boolean): void;
}

/** Milliseconds between two pictures. */
const MIN_INTERVAL = 100;
/** The part of the time that showing may take: a fifth. */
const MAX_SHARE = 5;

/** Opens the connection, which the browser opens again when it is lost. */
export function followRecording(url: string, { onGrown, onFailed }: FollowOptions): FollowedRecording {
  const events = new EventSource(url);
  const decoder = new RecordingDecoder();
  let revision = 0;
  let isOver = false;
  let isPaused = false;
  let hasNews = false;
  let isWaiting = false;
  let lastCost = 0;

  const show = () => {
    isWaiting = false;
    if (isPaused || !hasNews) return;
    hasNews = false;
    const started = performance.now();
    const notes =
      decoder.damage === undefined
        ? []
        : [`What was recorded later cannot be read: ${decoder.damage.reason}.`];
    // Building sorts them.
    const isAppended = decoder.builder.samples.isSorted;
    const decoded = { profile: decoder.builder.build(), notes, format: 'vmprof recording' };
    onGrown(decoded, { revision: ++revision, isLive: !isOver, isAppended });
    lastCost = performance.now() - started;
  };
  const showSoon = () => {
    hasNews = true;
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(show, Math.max(MIN_INTERVAL, lastCost * MAX_SHARE));
  };
  events.onmessage = ({ data }: MessageEvent<string>) => {
    try {
      decoder.push(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
      showSoon();
    } catch (error) {
      events.close();
      onFailed(messageOf(error));
    }
  };
  events.addEventListener('end', () => {
    events.close();
    isOver = true;
    showSoon();
  });
  events.onerror = () => {
    // The browser tries again by itself, unless the server has gone for good.
    if (events.readyState !== EventSource.CLOSED) return;
    isOver = true;
    showSoon();
  };
  return {
    pause: (value) => {
      isPaused = value;
      if (!isPaused && hasNews) showSoon();
    },
  };
}
