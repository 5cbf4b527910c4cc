export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The limits of one `send`, in milliseconds. */
export interface RequestTimeouts {
  /** Until a socket is ready: the wait for a free one, DNS, TCP and TLS. */
  readonly connectMs: number;
  /** From the last byte of the request to the response's headers. */
  readonly headersMs: number;
  /** The whole of it, a repeat on a fresh socket included. */
  readonly totalMs: number;
}

/** A request whose `body` bytes are sent as they are; framing headers (host, content-length, …) are ours and refused. */
export interface OutgoingRequest {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeouts: RequestTimeouts;
  readonly responseBytesMax: number;
  readonly signal?: AbortSignal;
}

export type HttpFailureCode =
  | 'invalid_request'
  | 'private_address'
  | 'dns_failed'
  | 'connect_failed'
  | 'tls_failed'
  | 'connect_timeout'
  | 'headers_timeout'
  | 'total_timeout'
  | 'aborted'
  | 'reset'
  | 'invalid_response';

/** Any status is a response, 3xx and 5xx too. `body` holds at most `responseBytesMax` bytes, still compressed if it came so. */
export interface HttpResponse {
  readonly outcome: 'response';
  readonly status: number;
  /** Names in lower case; a repeated header's values are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** `sent` is true when the other side may have received the request: then its effect is in doubt. */
export interface HttpFailure {
  readonly outcome: 'failed';
  readonly code: HttpFailureCode;
  readonly sent: boolean;
  readonly durationMs: number;
}

export type HttpResult = HttpResponse | HttpFailure;
