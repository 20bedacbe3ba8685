// Live news: when something was watched or found out elsewhere, open pages ask for their parts anew. A part is asked for
// not too often, not while the reader is in the middle of something, and an answer that is older than what the reader
// has done since is not shown. Elements with `data-refresh` name the news they listen for; htmx does the asking.
(() => {
  const doc = document;
  const stream = doc.getElementById("live");
  if (!stream) return;

  /** News that keeps coming, as in a sync, is shown less and less often. */
  const PACE_MS = 2000;
  const SLOWEST_PACE_MS = 8000;
  const TOGETHER_MS = 150;
  const LOOK_AGAIN_MS = 1000;
  /** Somebody who has not touched a field for this long has left it. */
  const TYPING_MS = 10_000;
  const AIMING_MS = 3000;
  /** "12 min ago" is not true for ever. */
  const STALE_MS = 15 * 60_000;
  /** A second press of a double click is not meant for the card that has slid into the place of the first. */
  const REST_MS = 500;
  const RETRY_MS = [1000, 2000, 5000, 15_000, 60_000];

  const now = () => performance.now();
  const say = (name) => stream.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  // The reader's own doing. Every answer says between which two numbers of the news it was made.
  const numbered = (text = "") => {
    const [start = "", number = ""] = text.split(".");
    return { start, number: Number(number) };
  };
  let { start, number: heard } = numbered(stream.dataset.news);
  /** `[from, to]` of changes whose answers brought everything that follows from them. */
  const own = [];
  /** The number of the latest change made on this page, however it was answered. */
  let changedAt = 0;
  const writing = new Set();
  let waiting = [];
  let restUntil = 0;

  const isOwn = (number) => own.some(([from, to]) => from < number && number <= to);

  const missed = (upTo) => {
    for (let number = heard + 1; number <= upTo; number += 1) if (!isOwn(number)) return true;
    return false;
  };

  /** News, in the order in which it came. While an answer is under way it may be that answer's own. */
  const tell = ({ event, number }) => {
    if (event === "news-at") {
      if (missed(number)) say("resync");
    } else if (!isOwn(number)) say(event);
    heard = Math.max(heard, number);
  };

  doc.addEventListener("htmx:sse:before:message", (event) => {
    const { message } = event.detail;
    if (!message.event || !message.data) return;
    event.preventDefault();
    const news = numbered(message.data);
    if (news.start !== start) {
      // The server was started again: numbers begin anew, and nobody knows what was missed.
      start = news.start;
      heard = news.number;
      changedAt = 0;
      own.length = 0;
      say("resync");
    } else if (writing.size > 0) waiting.push({ event: message.event, number: news.number });
    else tell({ event: message.event, number: news.number });
  });

  const isWrite = (ctx) => ctx.request.method !== "GET";
  const isRefresh = (ctx) => ctx.sourceElement?.hasAttribute?.("data-refresh") && ctx.sourceEvent?.type === "refresh";

  doc.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (!isWrite(ctx)) return;
    ctx.keepsOrder = ctx.sourceElement.closest("[data-keeps-order]") !== null;
    writing.add(ctx);
  });
  doc.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
    const [from, to] = (ctx.response.headers.get("et-news") ?? "").split(" ").map(numbered);
    if (!to || to.start !== start) return;
    ctx.madeAt = from.number;
    if (!isWrite(ctx) || to.number === from.number) return;
    changedAt = Math.max(changedAt, to.number);
    if (ctx.keepsOrder) own.push([from.number, to.number]);
    if (own.length > 50) own.shift();
  });
  doc.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!writing.delete(ctx)) return;
    if (ctx.keepsOrder) restUntil = now() + REST_MS;
    if (writing.size > 0) return;
    const news = waiting;
    waiting = [];
    for (const each of news) tell(each);
  });
  doc.addEventListener(
    "submit",
    (event) => {
      if (now() >= restUntil || !event.target.matches("[data-keeps-order] .check-form")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  // Asking anew
  const wanted = new Map();
  const asked = new WeakMap();
  const never = Number.NEGATIVE_INFINITY;
  let touched = never;
  let aimed = never;
  let freshAt = now();
  const passively = { capture: true, passive: true };
  for (const name of ["input", "keydown", "pointerdown"])
    doc.addEventListener(name, () => (touched = now()), passively);
  const hasPointer = matchMedia("(hover: hover)");
  doc.addEventListener("pointermove", () => (aimed = now()), passively);

  const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";
  /** Something that a new part would take out of the reader's hands. */
  const isBusy = (part) => {
    if (writing.size > 0 || !part) return writing.size > 0;
    if (part.querySelector("details[data-menu][open], :popover-open, :active")) return true;
    // A card must not slide away from under a press that is about to come.
    if (hasPointer.matches && now() - aimed < AIMING_MS && part.querySelector(".check:hover")) return true;
    const focus = doc.activeElement;
    const recent = now() - touched < TYPING_MS;
    if (recent && part.contains(focus) && focus.matches(TYPED)) return true;
    const selection = doc.getSelection();
    return recent && selection?.type === "Range" && part.contains(selection.anchorNode);
  };

  const partOf = (element) => doc.querySelector(element.getAttribute("hx-target"));
  const lastAsked = (element) => asked.get(element) ?? { at: never, pace: PACE_MS };

  const later = (element, ms) => {
    clearTimeout(wanted.get(element));
    wanted.set(
      element,
      setTimeout(() => ask(element), ms),
    );
  };

  const ask = (element) => {
    if (!element.isConnected) return wanted.delete(element);
    // Asked for when somebody sees it.
    if (doc.hidden) return wanted.set(element, null);
    if (isBusy(partOf(element))) return later(element, LOOK_AGAIN_MS);
    wanted.delete(element);
    const { at, pace } = lastAsked(element);
    const keepsComing = now() - at < 2 * pace;
    asked.set(element, { at: now(), pace: keepsComing ? Math.min(1.5 * pace, SLOWEST_PACE_MS) : PACE_MS });
    element.dispatchEvent(new CustomEvent("refresh"));
  };

  const want = (element) => {
    if (wanted.has(element)) return;
    const { at, pace } = lastAsked(element);
    later(element, Math.max(TOGETHER_MS, at + pace - now()));
  };

  const onNews = ({ type }) => {
    for (const element of doc.querySelectorAll("[data-refresh]")) {
      if (element.dataset.refresh.split(" ").includes(type)) want(element);
    }
  };
  const listening = new Set();
  const listen = () => {
    for (const element of doc.querySelectorAll("[data-refresh]")) {
      for (const name of element.dataset.refresh.split(" ")) {
        if (listening.has(name)) continue;
        listening.add(name);
        doc.body.addEventListener(name, onNews);
      }
    }
  };
  doc.addEventListener("htmx:after:swap", listen);
  listen();

  doc.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    // The stream's own failures are no news to the reader; it is tried again.
    if (ctx.sourceElement === stream) event.preventDefault();
    if (!isRefresh(ctx)) return;
    const isOld = ctx.madeAt !== undefined && ctx.madeAt < changedAt;
    if (isOld || isBusy(ctx.target)) {
      event.preventDefault();
      later(ctx.sourceElement, isOld ? TOGETHER_MS : LOOK_AGAIN_MS);
    } else freshAt = now();
  });

  // An answer that was on its way while news came shows what was before: its parts are asked for once more.
  doc.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (isWrite(ctx) || ctx.madeAt === undefined || ctx.madeAt >= heard) return;
    const part = ctx.target?.isConnected ? ctx.target : doc.getElementById(ctx.target?.id ?? "");
    for (const element of [part, ...(part?.querySelectorAll("[data-refresh]") ?? [])]) {
      if (element?.hasAttribute("data-refresh")) want(element);
    }
  });

  // Coming back to a page that was left alone for long, also where the stream never broke
  const wake = () => {
    if (doc.hidden) return;
    for (const element of wanted.keys()) later(element, TOGETHER_MS);
    if (now() - freshAt < STALE_MS) return;
    freshAt = now();
    say("resync");
  };
  doc.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", ({ persisted }) => persisted && say("resync"));

  // A stream that broke is opened again by htmx; one that never opened is not.
  let tries = 0;
  const retry = () => {
    if (stream._htmx?.sse) return;
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
    tries += 1;
    setTimeout(() => htmx.process(stream, true), wait * (0.8 + Math.random() * 0.4));
  };
  doc.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement === stream && !ctx.extensionPromise) retry();
  });
  doc.addEventListener("htmx:sse:after:connection", () => (tries = 0));
  // Signed out elsewhere: the page is nobody's any more.
  doc.addEventListener("htmx:sse:error", ({ detail: { status } }) => status === 401 && location.reload());
})();
