import type { Message, OutboxEntry, SavedSession } from "@bigtech/chat-client";

/** What the program of the reader has, in the samples of README.md. It remembers what it is given. */
export const shown: unknown[][] = [];
export const stored: Message[] = [];
export const keptThings: unknown[] = [];

export function show(...what: unknown[]): void {
  shown.push(what);
}

export function store(message: Message): void {
  stored.push(message);
}

export function keep(what: SavedSession | readonly OutboxEntry[]): void {
  keptThings.push(what);
}

export const kept: { session: SavedSession; unsent: OutboxEntry[] } = {
  session: { userId: 0, accessToken: "", refreshToken: "", expiresAt: 0 },
  unsent: [],
};

/** Of browsers; Node has none. */
export function addEventListener(_: string, __: () => void): void {}
