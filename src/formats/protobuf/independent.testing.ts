// The same messages read and written by a library that knows nothing of our code, from definitions of its own:
// https://github.com/google/pprof/blob/main/proto/profile.proto and opentelemetry-proto's profiles.proto (v1development, 1.10).

import protobuf from 'protobufjs';

const DEFINITIONS = `
syntax = "proto3";

message Pprof {
  repeated ValueType sample_type = 1;
  repeated Sample sample = 2;
  repeated Mapping mapping = 3;
  repeated Location location = 4;
  repeated Function function = 5;
  repeated string string_table = 6;
  int64 drop_frames = 7;
  int64 keep_frames = 8;
  int64 time_nanos = 9;
  int64 duration_nanos = 10;
  ValueType period_type = 11;
  int64 period = 12;
  repeated int64 comment = 13;
  int64 default_sample_type = 14;
  int64 doc_url = 15;

  message ValueType { int64 type = 1; int64 unit = 2; }
  message Sample { repeated uint64 location_id = 1; repeated int64 value = 2; repeated Label label = 3; }
  message Label { int64 key = 1; int64 str = 2; int64 num = 3; int64 num_unit = 4; }
  message Mapping {
    uint64 id = 1; uint64 memory_start = 2; uint64 memory_limit = 3; uint64 file_offset = 4;
    int64 filename = 5; int64 build_id = 6;
    bool has_functions = 7; bool has_filenames = 8; bool has_line_numbers = 9; bool has_inline_frames = 10;
  }
  message Location { uint64 id = 1; uint64 mapping_id = 2; uint64 address = 3; repeated Line line = 4; bool is_folded = 5; }
  message Line { uint64 function_id = 1; int64 line = 2; int64 column = 3; }
  message Function { uint64 id = 1; int64 name = 2; int64 system_name = 3; int64 filename = 4; int64 start_line = 5; }
}

/* As writers before proto3 do, and Go's: repeated numbers one by one. */
message UnpackedPprof {
  repeated Pprof.ValueType sample_type = 1;
  repeated Sample sample = 2;
  repeated Pprof.Mapping mapping = 3;
  repeated Pprof.Location location = 4;
  repeated Pprof.Function function = 5;
  repeated string string_table = 6;
  message Sample {
    repeated uint64 location_id = 1 [packed = false];
    repeated int64 value = 2 [packed = false];
    repeated Pprof.Label label = 3;
  }
}

message Otlp {
  repeated ResourceProfiles resource_profiles = 1;
  Dictionary dictionary = 2;

  message Dictionary {
    repeated Mapping mapping_table = 1;
    repeated Location location_table = 2;
    repeated Function function_table = 3;
    repeated Link link_table = 4;
    repeated string string_table = 5;
    repeated KeyValueAndUnit attribute_table = 6;
    repeated Stack stack_table = 7;
  }
  message ResourceProfiles { Resource resource = 1; repeated ScopeProfiles scope_profiles = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeProfiles { Scope scope = 1; repeated Profile profiles = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; }
  message Profile {
    ValueType sample_type = 1;
    repeated Sample samples = 2;
    fixed64 time_unix_nano = 3;
    uint64 duration_nano = 4;
    ValueType period_type = 5;
    int64 period = 6;
    bytes profile_id = 7;
    uint32 dropped_attributes_count = 8;
    string original_payload_format = 9;
    bytes original_payload = 10;
    repeated int32 attribute_indices = 11;
  }
  message ValueType { int32 type_strindex = 1; int32 unit_strindex = 2; }
  message Sample {
    int32 stack_index = 1;
    repeated int32 attribute_indices = 2;
    int32 link_index = 3;
    repeated int64 values = 4;
    repeated fixed64 timestamps_unix_nano = 5;
  }
  message Mapping {
    uint64 memory_start = 1; uint64 memory_limit = 2; uint64 file_offset = 3; int32 filename_strindex = 4;
    repeated int32 attribute_indices = 5;
  }
  message Location { int32 mapping_index = 1; uint64 address = 2; repeated Line lines = 3; repeated int32 attribute_indices = 4; }
  message Line { int32 function_index = 1; int64 line = 2; int64 column = 3; }
  message Function { int32 name_strindex = 1; int32 system_name_strindex = 2; int32 filename_strindex = 3; int64 start_line = 4; }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Stack { repeated int32 location_indices = 1; }
  message KeyValueAndUnit { int32 key_strindex = 1; AnyValue value = 2; int32 unit_strindex = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; int32 string_value_strindex = 8; }
  }
}

/* Samples as OTLP 1.8 and 1.9 numbered their fields. */
message Otlp19 {
  repeated ResourceProfiles resource_profiles = 1;
  Otlp.Dictionary dictionary = 2;
  message ResourceProfiles { Otlp.Resource resource = 1; repeated ScopeProfiles scope_profiles = 2; }
  message ScopeProfiles { repeated Profile profiles = 2; }
  message Profile { Otlp.ValueType sample_type = 1; repeated Sample samples = 2; fixed64 time_unix_nano = 3; uint64 duration_nano = 4; }
  message Sample {
    int32 stack_index = 1;
    repeated int64 values = 2;
    repeated int32 attribute_indices = 3;
    int32 link_index = 4;
    repeated fixed64 timestamps_unix_nano = 5;
  }
}

/* OTLP 1.7: locations of a profile in one list, samples as ranges of it. */
message Otlp17 {
  repeated ResourceProfiles resource_profiles = 1;
  Dictionary dictionary = 2;
  message ResourceProfiles { repeated ScopeProfiles scope_profiles = 2; }
  message ScopeProfiles { repeated Profile profiles = 2; }
  message Profile { Otlp.ValueType sample_type = 1; repeated Sample sample = 2; repeated int32 location_indices = 3; int64 time_nanos = 4; }
  message Sample { int32 locations_start_index = 1; int32 locations_length = 2; repeated int64 value = 3; }
  message Dictionary { repeated string string_table = 5; }
}
`;

const root = protobuf.parse(DEFINITIONS, { keepCase: true }).root;

/** `Pprof`, `UnpackedPprof`, `Otlp`, `Otlp19`, `Otlp17`: bytes of a message given as plain values. */
export function encodeIndependently(type: string, message: object): Uint8Array {
  const known = root.lookupType(type);
  return known.encode(known.fromObject(message)).finish();
}

/** A message as plain values, with zeros and empty lists filled in, and 64-bit numbers as text. */
export function decodeIndependently<T>(type: string, bytes: Uint8Array): T {
  const known = root.lookupType(type);
  return known.toObject(known.decode(bytes), { longs: String, defaults: true, arrays: true }) as T;
}
