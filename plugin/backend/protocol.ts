/**
 * The messages and services between Grafana and a backend plugin (protocol version 2), written from the field numbers of
 * the published protocol, together with go-plugin's shutdown call and gRPC's health check. Only what this plugin serves:
 * unknown fields and services are tolerated on both sides.
 */
import { loadPackageDefinition, type GrpcObject, type ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

const PLUGIN_V2 = `
syntax = "proto3";
package pluginv2;

message AppInstanceSettings {
  bytes jsonData = 3;
  map<string, string> decryptedSecureJsonData = 4;
  int64 lastUpdatedMS = 5;
  string apiVersion = 6;
}
message DataSourceInstanceSettings {
  int64 id = 1;
  string name = 2;
  string url = 3;
  string user = 4;
  string database = 5;
  bool basicAuthEnabled = 6;
  string basicAuthUser = 7;
  bytes jsonData = 8;
  map<string, string> decryptedSecureJsonData = 9;
  int64 lastUpdatedMS = 10;
  string uid = 11;
  string apiVersion = 12;
}
message User { string login = 1; string name = 2; string email = 3; string role = 4; }
message PluginContext {
  int64 orgId = 1;
  string pluginId = 2;
  User user = 3;
  AppInstanceSettings appInstanceSettings = 4;
  DataSourceInstanceSettings dataSourceInstanceSettings = 5;
  map<string, string> grafanaConfig = 6;
  string pluginVersion = 7;
  string userAgent = 8;
  string apiVersion = 9;
  string namespace = 10;
}

message TimeRange { int64 fromEpochMS = 1; int64 toEpochMS = 2; }
message DataQuery {
  string refId = 1;
  int64 maxDataPoints = 2;
  int64 intervalMS = 3;
  TimeRange timeRange = 4;
  bytes json = 5;
  string queryType = 6;
}
enum DataFrameFormat { ARROW = 0; JSON = 1; }
message QueryDataRequest {
  PluginContext pluginContext = 1;
  map<string, string> headers = 2;
  repeated DataQuery queries = 3;
  DataFrameFormat format = 4;
}
message DataResponse {
  repeated bytes frames = 1;
  string error = 2;
  bytes jsonMeta = 3;
  int32 status = 4;
  string errorSource = 5;
  DataFrameFormat format = 6;
}
message QueryDataResponse { map<string, DataResponse> responses = 1; }
service Data { rpc QueryData(QueryDataRequest) returns (QueryDataResponse); }

message StringList { repeated string values = 1; }
message CallResourceRequest {
  PluginContext pluginContext = 1;
  string path = 2;
  string method = 3;
  string url = 4;
  map<string, StringList> headers = 5;
  bytes body = 6;
}
message CallResourceResponse { int32 code = 1; map<string, StringList> headers = 2; bytes body = 3; }
service Resource { rpc CallResource(CallResourceRequest) returns (stream CallResourceResponse); }

message CheckHealthRequest { PluginContext pluginContext = 1; map<string, string> headers = 2; }
message CheckHealthResponse {
  enum HealthStatus { UNKNOWN = 0; OK = 1; ERROR = 2; }
  HealthStatus status = 1;
  string message = 2;
  bytes jsonDetails = 3;
}
message CollectMetricsRequest { PluginContext pluginContext = 1; }
message CollectMetricsResponse {
  message Payload { bytes prometheus = 1; }
  Payload metrics = 1;
}
service Diagnostics {
  rpc CheckHealth(CheckHealthRequest) returns (CheckHealthResponse);
  rpc CollectMetrics(CollectMetricsRequest) returns (CollectMetricsResponse);
}

message SubscribeStreamRequest { PluginContext pluginContext = 1; string path = 2; bytes data = 3; map<string, string> headers = 4; }
message SubscribeStreamResponse {
  enum Status { OK = 0; NOT_FOUND = 1; PERMISSION_DENIED = 2; }
  Status status = 1;
  bytes data = 2;
}
message PublishStreamRequest { PluginContext pluginContext = 1; string path = 2; bytes data = 3; map<string, string> headers = 4; }
message PublishStreamResponse {
  enum Status { OK = 0; NOT_FOUND = 1; PERMISSION_DENIED = 2; }
  Status status = 1;
  bytes data = 2;
}
message RunStreamRequest { PluginContext pluginContext = 1; string path = 2; bytes data = 3; map<string, string> headers = 4; }
message StreamPacket { bytes data = 1; }
service Stream {
  rpc SubscribeStream(SubscribeStreamRequest) returns (SubscribeStreamResponse);
  rpc RunStream(RunStreamRequest) returns (stream StreamPacket);
  rpc PublishStream(PublishStreamRequest) returns (PublishStreamResponse);
}
`;

const GO_PLUGIN = `
syntax = "proto3";
package plugin;
message Empty {}
service GRPCController { rpc Shutdown(Empty) returns (Empty); }
`;

const HEALTH = `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
`;

const root = new protobuf.Root();
for (const source of [PLUGIN_V2, GO_PLUGIN, HEALTH]) protobuf.parse(source, root, { keepCase: true });

const definition = loadPackageDefinition(
  fromJSON(root.toJSON(), {
    keepCase: true,
    longs: Number,
    enums: Number,
    defaults: true,
    arrays: true,
    objects: true,
  }),
);

function client(path: string): ServiceClientConstructor {
  const found = path
    .split('.')
    .reduce<GrpcObject[string] | undefined>((at, name) => (at as GrpcObject | undefined)?.[name], definition);
  if (typeof found !== 'function') throw new Error(`no service ${path} in the protocol`);
  return found;
}

/** Clients for the host, and through `.service` the definitions for the server. */
export const Services = {
  Data: client('pluginv2.Data'),
  Resource: client('pluginv2.Resource'),
  Diagnostics: client('pluginv2.Diagnostics'),
  Stream: client('pluginv2.Stream'),
  Controller: client('plugin.GRPCController'),
  Health: client('grpc.health.v1.Health'),
} as const;

/** go-plugin's name for the whole plugin in the health service. */
export const HEALTH_SERVICE = 'plugin';
export const PROTOCOL_VERSION = 2;
/** Name and value of the variable that tells a plugin that its host started it. */
export const MAGIC_COOKIE = { name: 'grafana_plugin_type', value: 'datasource' } as const;
/** Grafana allows any size; grpc-js would refuse above 4 MB. */
export const MESSAGE_LIMITS = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 } as const;
