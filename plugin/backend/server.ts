/** The gRPC server: services of the plugin protocol bound to their handlers. */
import {
  Server,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { callResource } from './call-resource.ts';
import { checkHealth } from './check-health.ts';
import { Instances } from './instance.ts';
import { log } from './log.ts';
import type { CallResourceRequest, CallResourceResponse } from './messages.ts';
import { collectMetrics } from './metrics.ts';
import { HEALTH_SERVICE, MESSAGE_LIMITS, Services } from './protocol.ts';
import { queryData } from './query-data.ts';

const SERVING = 1;

const reportBug = (name: string, error: unknown): string => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log('error', `${name} failed`, { error: text });
  return error instanceof Error ? error.message : String(error);
};

/** A handler that throws is our bug: it is logged with its stack, and the host gets INTERNAL instead of a dead process. */
const unary =
  <Request, Response>(name: string, handle: (request: Request) => Promise<Response>) =>
  (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    // One level of promise: an exception thrown by `reply` itself must not come back as a second reply.
    handle(call.request).then(
      (response) => reply(null, response),
      (error: unknown) => reply({ code: status.INTERNAL, details: reportBug(name, error) }),
    );
  };

export interface PluginServer {
  server: Server;
  instances: Instances;
}

/** `onShutdown` runs after the host's Shutdown call is answered. */
export function createServer(onShutdown: () => void): PluginServer {
  const instances = new Instances();
  const server = new Server(MESSAGE_LIMITS);
  const services: readonly (readonly [keyof typeof Services, UntypedServiceImplementation])[] = [
    ['Data', { QueryData: unary('QueryData', (request) => queryData(request as never, instances)) }],
    [
      'Diagnostics',
      {
        CheckHealth: unary('CheckHealth', (request) => checkHealth(request as never, instances)),
        CollectMetrics: unary('CollectMetrics', collectMetrics),
      },
    ],
    [
      'Resource',
      {
        CallResource(call: ServerWritableStream<CallResourceRequest, CallResourceResponse>): void {
          callResource(call.request, instances).then(
            (response) => {
              call.write(response);
              call.end();
            },
            (error: unknown) => {
              call.emit('error', { code: status.INTERNAL, details: reportBug('CallResource', error) });
            },
          );
        },
      },
    ],
    [
      'Health',
      {
        Check: unary('Check', ({ service }: { service: string }) =>
          service === '' || service === HEALTH_SERVICE
            ? Promise.resolve({ status: SERVING })
            : Promise.resolve({ status: 3 }),
        ),
        Watch(call: ServerWritableStream<unknown, { status: number }>): void {
          call.write({ status: SERVING }); // stays open: the next change is the end of the process
        },
      },
    ],
    [
      'Controller',
      {
        Shutdown(_call: unknown, reply: sendUnaryData<object>): void {
          reply(null, {});
          onShutdown();
        },
      },
    ],
  ];
  for (const [name, implementation] of services) server.addService(Services[name].service, implementation);
  return { server, instances };
}
