// OpenTelemetry's profiles, as messages ProfilesData (or ExportProfilesServiceRequest, which is the same on the wire):
// https://opentelemetry.io/docs/specs/otel/profiles/. Status alpha: numbers of fields have changed several times (otlp-versions.ts).

import type { FileHead, Format } from '../format.ts';
import { hasShape } from '../protobuf/shape.ts';
import { exportOtlp } from './otlp-export.ts';
import { DATA, DATA_SHAPE } from './otlp-fields.ts';
import { importOtlp } from './otlp-import.ts';

export const OTLP_FORMAT: Format = {
  name: 'otlp',
  title: 'OTLP profiles',
  extensions: ['.otlp', '.otlp.pb', '.otlp.bin'],
  matches,
  importProfile: importOtlp,
  exportProfile: exportOtlp,
};

function matches({ bytes, isWhole }: FileHead): boolean {
  return hasShape(bytes, isWhole, DATA_SHAPE, (field, value) => {
    return (field === DATA.resourceProfiles || field === DATA.dictionary) && value.length > 0;
  });
}
