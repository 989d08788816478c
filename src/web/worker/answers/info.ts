// What the recording says about itself.

import {
  describeNotes,
  describeOrigin,
  describeSamples,
  describeSampling,
} from '../../../profile/describe-recording.ts';
import type { Derived } from '../derived.ts';
import type { InfoAnswer } from '../messages.ts';

/** Sections with something in them. */
export function answerInfo({ recording }: Derived): InfoAnswer {
  const sections = [
    { title: 'Recording', pairs: describeOrigin(recording) },
    { title: 'Sampling', pairs: describeSampling(recording) },
    { title: 'Samples', pairs: describeSamples(recording) },
    { title: 'Notes', pairs: describeNotes(recording) },
  ];
  return { sections: sections.filter(({ pairs }) => pairs.length > 0) };
}
