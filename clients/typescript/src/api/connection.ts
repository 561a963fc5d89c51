import type { ChatSession } from "../session.js";
import type { CallOptions } from "../options.js";
import type { Answer, Method, Outgoing, Transport } from "./transport.js";

/** Sends calls with the token of the session. An expired token is renewed, and the call sent once more. */
export class ApiConnection {
  readonly #transport: Transport;
  readonly #session: ChatSession;

  constructor(transport: Transport, session: ChatSession) {
    this.#transport = transport;
    this.#session = session;
  }

  async get<T>(path: string, options: CallOptions | undefined): Promise<T> {
    return (await this.#call("GET", path, undefined, options)).json<T>();
  }

  /** A call whose answer is data. */
  async ask<T>(method: Method, path: string, body: unknown, options: CallOptions | undefined): Promise<T> {
    return (await this.#call(method, path, body, options)).json<T>();
  }

  /** A call whose answer may be empty. */
  async askOrNone<T>(method: Method, path: string, body: unknown, options: CallOptions | undefined): Promise<T | undefined> {
    const answer = await this.#call(method, path, body, options);
    return answer.status === 202 ? undefined : answer.json<T>();
  }

  /** A call whose answer is empty. */
  async tell(method: Method, path: string, body: unknown, options: CallOptions | undefined): Promise<void> {
    await this.#call(method, path, body, options);
  }

  /** A call without the session's token. */
  async anonymous(request: Outgoing): Promise<Answer> {
    return (await this.#transport.exchange(request)).throwIfRefused();
  }

  /** Opens what is read bit by bit. What it throws is what `fetch` throws, or the error of a renewal. */
  open(request: Outgoing): Promise<Response> {
    return this.#withToken(
      request,
      (prepared) => this.#transport.open(prepared),
      (refused) => void refused.body?.cancel().catch(() => {}),
    );
  }

  async #call(method: Method, path: string, body: unknown, options: CallOptions | undefined): Promise<Answer> {
    const request: Outgoing = { method, path, body, signal: options?.signal };
    return (await this.#withToken(request, (prepared) => this.#transport.exchange(prepared))).throwIfRefused();
  }

  async #withToken<T extends { readonly status: number }>(
    request: Outgoing,
    send: (request: Outgoing) => Promise<T>,
    drop: (refused: T) => void = () => {},
  ): Promise<T> {
    const token = await this.#session.accessToken(request);
    const answer = await send(withToken(request, token));
    if (answer.status !== 401 || token === undefined) return answer;
    drop(answer);
    return await send(withToken(request, await this.#session.tokenAfter(token, request)));
  }
}

function withToken(request: Outgoing, token: string | undefined): Outgoing {
  return token === undefined ? request : { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}
