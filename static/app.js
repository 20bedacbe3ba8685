// What htmx cannot do: the popup of the PIN sign-in, dialogs, toasts, the theme at once, the keyboard, copying.
// No page needs this file to be read, and every form works without it.
(() => {
  const TOAST_MS = 8000;
  const MOST_TOASTS = 4;
  /** Between the two keys of "g u". */
  const SECOND_KEY_MS = 1500;
  const doc = document;
  doc.documentElement.classList.add("js");

  // Sign-in popup. Browsers allow one only inside the click, before the address is known, so it opens empty and is
  // sent on when the answer brings the address. The service's page may cut the tie to it: nothing here reads `closed`.
  let popup = null;
  let popupIsEmpty = false;

  const openPopup = () => {
    const width = 600;
    const height = 720;
    const left = Math.round(screenX + (outerWidth - width) / 2);
    const top = Math.round(screenY + (outerHeight - height) / 2);
    popup = window.open("about:blank", "sign-in", `popup,width=${width},height=${height},left=${left},top=${top}`);
    if (!popup) return;
    popupIsEmpty = true;
    const note = popup.document;
    note.title = "One moment";
    note.body.textContent = "One moment: asking for a sign-in code.";
  };

  const sendPopup = (root) => {
    const link = root.querySelector("[data-auth-url]");
    if (!popup || !popupIsEmpty || !link || !/^https?:$/.test(link.protocol)) return;
    popupIsEmpty = false;
    popup.opener = null;
    popup.location.replace(link.href);
  };

  const closePopup = () => {
    popup?.close();
    popup = null;
  };

  doc.addEventListener("submit", (event) => {
    if (event.target.matches("[data-popup]")) openPopup();
    if (event.target.matches("[data-popup-cancel]")) closePopup();
  });

  // Dialogs
  const showDialogs = (root) => {
    for (const dialog of root.querySelectorAll("dialog[data-modal]:not([open])")) {
      dialog.addEventListener("close", () => {
        closePopup();
        dialog.remove();
        // What was connected in it belongs onto the page now.
        doc.body.dispatchEvent(new CustomEvent("dialog-closed"));
      });
      dialog.showModal();
    }
  };

  const closeDone = (root) => {
    for (const done of root.querySelectorAll("dialog [data-dialog-done]")) done.closest("dialog").close();
  };

  doc.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    const dialog = doc.getElementById("confirm");
    if (!ctx.confirm || !dialog?.showModal) return;
    event.preventDefault();
    dialog.querySelector("[data-confirm-text]").textContent = ctx.confirm;
    const label = ctx.sourceElement.getAttribute("data-confirm-label") ?? "Yes, go on";
    dialog.querySelector("[data-confirm-yes-label]").textContent = label;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => (dialog.returnValue === "confirm" ? issueRequest() : dropRequest()), {
      once: true,
    });
    dialog.showModal();
  });

  // Toasts
  const dismiss = (toast) => {
    const focused = toast.contains(doc.activeElement);
    toast.remove();
    if (focused) doc.getElementById("main")?.focus({ preventScroll: true });
  };

  const armToast = (toast) => {
    if (toast.dataset.toast === "error" || toast.dataset.armed) return;
    toast.dataset.armed = "true";
    const leave = () => {
      // One that is read or used holds the others, or all would move under the pointer.
      if (toast.parentElement?.matches(":hover, :focus-within")) setTimeout(leave, TOAST_MS / 4);
      else dismiss(toast);
    };
    setTimeout(leave, TOAST_MS);
  };

  const say = (text) => {
    const toast = doc.createElement("div");
    toast.className = "toast toast-info";
    toast.dataset.toast = "info";
    const line = doc.createElement("p");
    line.textContent = text;
    toast.append(line);
    doc.getElementById("toasts")?.append(toast);
    armToast(toast);
  };

  // Several shows at once: how many are ticked, and ticking all of them
  const picks = () => [...doc.querySelectorAll("input.pick")];

  const countPicked = () => {
    const line = doc.querySelector("[data-picked]");
    const count = picks().filter(({ checked }) => checked).length;
    const words = count === 0 ? "Choose shows" : `${count} selected`;
    if (line && line.textContent !== words) line.textContent = words;
  };

  const pickAll = () => {
    const all = picks();
    const wanted = all.some(({ checked }) => !checked);
    for (const each of all) each.checked = wanted;
    countPicked();
  };

  const closeMenu = (menu) => {
    const focused = menu.contains(doc.activeElement);
    menu.open = false;
    if (focused) menu.querySelector("summary").focus();
  };

  // What arrives in an answer is made ready here
  const ready = (root) => {
    if (root.querySelector("[data-popup-close]")) closePopup();
    sendPopup(root);
    showDialogs(root);
    closeDone(root);
    const toasts = [...root.querySelectorAll("[data-toast]")];
    for (const toast of toasts) armToast(toast);
    // The newest are worth more than the oldest, but not more than an error that nobody has read.
    const passing = toasts.filter((toast) => toast.dataset.toast !== "error" && !toast.matches(":focus-within"));
    for (const toast of passing.slice(0, Math.max(0, toasts.length - MOST_TOASTS))) dismiss(toast);
  };
  doc.addEventListener("htmx:after:swap", (event) => {
    ready(doc);
    const source = event.detail.ctx?.sourceElement;
    const resets = source?.dataset?.resets;
    if (resets) doc.getElementById(resets)?.reset();
    countPicked();
    const toast = source?.closest?.("[data-toast]");
    if (toast) dismiss(toast);
    // What was chosen in a menu is done: the page may change beneath it again.
    const menu = event.detail.ctx?.request?.method === "GET" ? null : source?.closest?.("details[data-menu][open]");
    if (menu) closeMenu(menu);
    // What was asked for in a dialog is done: back to where it was opened.
    if (source?.matches?.("[data-closes-dialog]")) source.closest("dialog")?.close();
  });
  doc.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement?.matches?.("[data-popup]")) closePopup();
    if (event.detail.ctx?.sourceElement?.matches?.("form")) say("The tracker did not answer. Please try again.");
  });

  // A link to a fold of this page opens it here.
  const unfold = (event, link) => {
    const fold = doc.getElementById(link.dataset.unfold);
    if (!fold || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fold.open = true;
    fold.scrollIntoView({ block: "start" });
    fold.querySelector("summary").focus({ preventScroll: true });
  };

  doc.addEventListener("click", (event) => {
    const unfolder = event.target.closest("[data-unfold]");
    if (unfolder) unfold(event, unfolder);
    const closer = event.target.closest("[data-dismiss]");
    if (closer) dismiss(closer.closest("[data-toast]"));
    if (event.target.closest("[data-pick-all]")) pickAll();
    const dialogCloser = event.target.closest("dialog [data-close]");
    if (dialogCloser) {
      event.preventDefault();
      dialogCloser.closest("dialog").close();
    }
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
    for (const menu of doc.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // Copying: `data-copy` names the element whose text or value is meant. Plain http has no clipboard; then it is selected.
  const copy = async (button) => {
    const from = doc.getElementById(button.dataset.copy);
    if (!from) return;
    try {
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      say("Copied.");
    } catch {
      if (from.select) from.select();
      else getSelection().selectAllChildren(from);
      say("Selected. Press Ctrl or ⌘ and C to copy.");
    }
  };

  doc.addEventListener("change", (event) => {
    const control = event.target;
    if (control.matches("[data-submit-on-change]")) control.form?.requestSubmit();
    if (control.matches("input.pick")) countPicked();
    if (control.matches("[data-theme-choice]")) doc.documentElement.dataset.theme = control.value;
  });

  // Keyboard
  const closeNewest = () => {
    if (doc.querySelector("dialog[open], :popover-open")) return;
    const menus = [...doc.querySelectorAll("details[data-menu][open]")];
    for (const menu of menus) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const toast = [...doc.querySelectorAll("[data-toast]")].at(-1);
    if (menus.length === 0 && toast) dismiss(toast);
  };

  const search = () => {
    const field = doc.querySelector("[data-search]");
    if (field) field.focus();
    else doc.querySelector("[data-search-link]")?.click();
    return true;
  };

  let awaitsSecond = 0;
  const press = (key) => {
    const isSecond = performance.now() < awaitsSecond;
    awaitsSecond = 0;
    if (isSecond) {
      const link = doc.querySelector(`[data-go="${CSS.escape(key)}"]`);
      link?.click();
      return link !== null;
    }
    if (key === "g") awaitsSecond = performance.now() + SECOND_KEY_MS;
    if (key === "/") return search();
    if (key === "?") doc.getElementById("keys")?.showModal();
    if (key === "u") [...doc.querySelectorAll("[data-toast] form")].at(-1)?.requestSubmit();
    return key === "?";
  };

  doc.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeNewest();
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || doc.querySelector("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });

  // A poster that cannot be fetched leaves the drawn one visible. Error events do not bubble, hence the capture.
  doc.addEventListener("error", (event) => event.target.matches?.(".poster img") && event.target.remove(), true);

  // Installable: keeps the program's own files and a page for when there is no network, and nothing of anybody's.
  const worker = doc.querySelector("meta[name=service-worker]")?.content;
  if (worker && navigator.serviceWorker) {
    addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => undefined));
  }

  // The page a popup returns to
  if (doc.querySelector("[data-close-window]")) window.close();

  ready(doc);
  countPicked();
})();
