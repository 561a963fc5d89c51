/** What the program of the reader has, in the samples of README.md. */
declare function show(...what: unknown[]): void;
declare function store(what: unknown): void;
declare function keep(what: unknown): void;
declare const kept: { session: import("@bigtech/chat-client").SavedSession; unsent: import("@bigtech/chat-client").OutboxEntry[] };
