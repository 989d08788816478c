// OpenTelemetry's profiles, as messages ProfilesData (or ExportProfilesServiceRequest, which is the same on the wire):
// https://opentelemetry.io/docs/specs/otel/profiles/. Status alpha: numbers of fields have changed several times (otlp-versions.ts).

import { formatCount } from '../../base/quantities.ts';
import type { FileHead, Format } from '../format.ts';
import { MAX_ROWS, MAX_STACKS } from '../protobuf/limits.ts';
import { MAX_MESSAGE } from '../protobuf/message-stream.ts';
import { hasShape } from '../protobuf/shape.ts';
import { exportOtlp, OTLP_CARRIED } from './otlp-export.ts';
import { DATA, DATA_SHAPE } from './otlp-fields.ts';
import { importOtlp, MAX_VALUE_TYPES } from './otlp-import.ts';
import { MAX_PROFILES } from './otlp-tables.ts';

export const OTLP_FORMAT: Format = {
  name: 'otlp',
  title: 'OTLP profiles',
  extensions: ['.otlp', '.otlp.pb', '.otlp.bin'],
  matches,
  importProfile: importOtlp,
  exportProfile: exportOtlp,
  carries: OTLP_CARRIED,
  remarks: {
    usedBy: 'OpenTelemetry: the eBPF profiler, collectors, and what stores their profiles',
    losses: ['How a frame was compiled.'],
    limits: [
      'Of OTLP 1.10 and 1.11. The protocol is in alpha, and its fields were numbered anew several times: older versions are recognised and refused.',
      `At most ${formatCount(MAX_PROFILES)} profiles, ${formatCount(MAX_VALUE_TYPES)} kinds of values, ${formatCount(MAX_ROWS)} functions, locations, mappings and texts each, ${formatCount(MAX_STACKS)} stacks, and ${formatCount(MAX_MESSAGE)} bytes for a sample.`,
    ],
  },
};

function matches({ bytes, isWhole }: FileHead): boolean {
  return hasShape(bytes, isWhole, DATA_SHAPE, (field, value) => {
    return (field === DATA.resourceProfiles || field === DATA.dictionary) && value.length > 0;
  });
}
