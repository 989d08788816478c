// OTLP numbered the fields of profiles anew several times, under one name and without a number of the version: what an older sender
// means is read without an error, and wrongly. What differs on the wire is therefore looked for, and refused by name.
//
//                     up to 1.7               1.8                   1.9                   1.10, 1.11
//   Profile  3        location_indices        time_unix_nano        as 1.8                as 1.8
//            8        …                       profile_id (bytes)    dropped_…_count       as 1.9
//   Sample   2        locations_length        values                values                attribute_indices
//            3        value                   attribute_indices     attribute_indices     link_index
//            4        attribute_indices       link_index            link_index            values
//            6        timestamps              –                     –                     –
//   dictionary 7      attribute_units         stack_table           stack_table           stack_table

import { ProfilerError } from '../../base/errors.ts';

/** Throws `not-a-recording`. `version` is that of OTLP, in words. */
export function refuseVersion(version: string): never {
  throw new ProfilerError(
    'not-a-recording',
    `The file holds OTLP profiles as of ${version}; only those of OTLP 1.10 and 1.11 can be read. Send them with a newer version.`,
    { facts: { version } },
  );
}

export const UP_TO_1_7 = 'OTLP 1.7 or before';
export const ABOUT_1_8 = 'OTLP 1.8 or before';
export const ABOUT_1_9 = 'OTLP 1.8 or 1.9';
