/**
 * Grafana's HTTP service for plugins, over fetch. Answers with a status of 400 and more are thrown as Grafana's
 * `FetchError`; a newer request with the same `requestId` cancels the older one.
 */
import type { BackendSrv, BackendSrvRequest, FetchError, FetchResponse } from '@grafana/runtime';
import { firstValueFrom, Observable } from 'rxjs';

type Parameters = Record<string, unknown>;

export class WorkbenchBackendSrv implements BackendSrv {
  private readonly running = new Map<string, AbortController>();

  fetch<T>(request: BackendSrvRequest): Observable<FetchResponse<T>> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      const { requestId } = request;
      if (requestId !== undefined) {
        this.running.get(requestId)?.abort();
        this.running.set(requestId, controller);
      }
      send<T>(request, controller.signal)
        .then((response) => {
          subscriber.next(response);
          subscriber.complete();
        })
        .catch((error: unknown) => subscriber.error(error))
        .finally(() => {
          if (requestId !== undefined && this.running.get(requestId) === controller) this.running.delete(requestId);
        });
      return () => controller.abort();
    });
  }

  async get<T>(url: string, params?: Parameters, requestId?: string, options?: Partial<BackendSrvRequest>): Promise<T> {
    return this.request<T>({
      ...options,
      method: 'GET',
      url,
      ...(params && { params }),
      ...(requestId !== undefined && { requestId }),
    });
  }

  async delete<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> {
    return this.request<T>({ ...options, method: 'DELETE', url, data });
  }

  async post<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> {
    return this.request<T>({ ...options, method: 'POST', url, data });
  }

  async patch<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> {
    return this.request<T>({ ...options, method: 'PATCH', url, data });
  }

  async put<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> {
    return this.request<T>({ ...options, method: 'PUT', url, data });
  }

  async request<T>(options: BackendSrvRequest): Promise<T> {
    return (await this.datasourceRequest<T>(options)).data;
  }

  async datasourceRequest<T>(options: BackendSrvRequest): Promise<FetchResponse<T>> {
    return firstValueFrom(this.fetch<T>(options));
  }

  chunked(): Observable<FetchResponse<Uint8Array | undefined>> {
    throw new Error('The workbench has no chunked responses.');
  }
}

async function send<T>(request: BackendSrvRequest, signal: AbortSignal): Promise<FetchResponse<T>> {
  const headers = new Headers(request.headers);
  const init: RequestInit = { method: request.method ?? 'GET', headers, signal, credentials: 'same-origin' };
  if (request.data !== undefined && request.data !== null) {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(request.data);
  }
  let response: Response;
  try {
    response = await fetch(withParameters(request.url, request.params), init);
  } catch (cause) {
    const cancelled = signal.aborted;
    const message = cancelled ? 'Cancelled.' : 'The workbench does not answer. Is it still running?';
    throw failure(request, 0, message, { message, error: String(cause) }, cancelled);
  }
  const text = await response.text();
  const data = parse(text);
  const { status, statusText, ok, redirected, type, url } = response;
  if (!ok) throw failure(request, status, statusText, data, false);
  return { data: data as T, status, statusText, ok, headers: response.headers, redirected, type, url, config: request };
}

function failure(
  config: BackendSrvRequest,
  status: number,
  statusText: string,
  data: unknown,
  cancelled: boolean,
): FetchError {
  return { status, statusText, data, cancelled, config };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

function withParameters(url: string, parameters: Parameters | undefined): string {
  const pairs = Object.entries(parameters ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]): [string, string] => [name, String(value)]);
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(pairs).toString()}`;
}
