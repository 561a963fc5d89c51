// Shows the events of a stream as they come. Swagger UI would wait for the end of the answer, which a stream does not have: so it gets a
// short answer in its place, and what comes goes to a view of its own, until the reader stops it or opens another stream.
(() => {
  "use strict";
  const mediaType = "text/event-stream";
  const mostEvents = 200;
  const open = window.fetch;
  let stop = () => {};

  window.fetch = async (resource, options) => {
    const accept = new Headers(options?.headers).get("Accept") ?? "";
    if (!accept.includes(mediaType)) return open(resource, options);
    stop();
    const ending = new AbortController();
    stop = () => ending.abort();
    const response = await open(resource, { ...options, signal: ending.signal });
    if (!response.ok || !response.headers.get("Content-Type")?.startsWith(mediaType)) return response;
    watch(response, new URL(resource, location.href).pathname, stop);
    return new Response("The stream is open. Its events are shown at the bottom of this page.", {
      status: response.status,
      headers: { ...Object.fromEntries(response.headers), "Content-Type": "text/plain" },
    });
  };

  async function watch(response, path, onStop) {
    const view = showView(path, onStop);
    let text = "";
    try {
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (text + part).split("\n\n");
        text = blocks.pop();
        blocks.map(read).filter((event) => event !== undefined).forEach(view.add);
      }
      view.end("The server has ended the stream.");
    } catch (error) {
      view.end(error.name === "AbortError" ? "Stopped." : `The connection is lost: ${error.message}`);
    }
  }

  // The lines of one event. Comments, and retry, are no events.
  function read(block) {
    const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
    return fields.has("data") ? { name: fields.get("event"), data: JSON.parse(fields.get("data")) } : undefined;
  }

  function showView(path, onStop) {
    const state = make("output", {}, "Open: waiting for events.");
    const button = make("button", { type: "button" }, "Stop");
    const close = make("button", { type: "button" }, "Close");
    const list = make("ol", { role: "log" });
    const view = make("section", { id: "live", ariaLabel: "Events of a stream" });
    view.append(make("h2", {}, `GET ${path}`), state, button, close, list);
    button.addEventListener("click", onStop);
    close.addEventListener("click", () => {
      onStop();
      view.remove();
    });
    document.getElementById("live")?.remove();
    document.body.append(view);
    let count = 0;
    return {
      add({ name, data }) {
        const row = make("li");
        row.append(
          make("time", {}, new Date().toLocaleTimeString()),
          make("b", {}, name),
          make("pre", {}, JSON.stringify(data, null, 2)),
        );
        list.prepend(row);
        if (list.children.length > mostEvents) list.lastChild.remove();
        state.textContent = `Open: ${++count} ${count === 1 ? "event" : "events"}, newest first.`;
      },
      end(reason) {
        state.textContent = reason;
        button.disabled = true;
      },
    };
  }

  function make(name, properties = {}, text = "") {
    const element = Object.assign(document.createElement(name), properties);
    element.textContent = text;
    return element;
  }
})();
