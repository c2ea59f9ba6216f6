"use strict";
// The page around the terminal. It comes behind textual.js, which would begin as soon as the page is there: before
// the font it measures its cells by, and without knowing where its dashboard is asked for.
const begin = window.onload;
window.onload = null;

// The address this tab was opened with holds its token behind the #; it stays with the tab, out of sight.
const KEPT = "makerhour-token";
if (location.hash.length > 1) {
  sessionStorage.setItem(KEPT, location.hash.slice(1));
  history.replaceState(null, "", "/");
}
const token = sessionStorage.getItem(KEPT);

function fontSize() {
  // As many columns as one pane needs on a phone, and a desktop's usual size from there on.
  return Math.max(12, Math.min(16, Math.floor(window.innerWidth / 32)));
}

function onClass(name, then) {
  const watch = new MutationObserver(() => {
    if (document.body.classList.contains(name)) {
      watch.disconnect();
      then();
    }
  });
  watch.observe(document.body, { attributeFilter: ["class"] });
}

function followBackground() {
  // The dashboard says its theme's background; the page has it too, where no whole row fits.
  const viewport = document.querySelector(".xterm-viewport");
  const watch = new MutationObserver(() => {
    document.body.style.backgroundColor = viewport.style.backgroundColor;
  });
  watch.observe(viewport, { attributeFilter: ["style"] });
}

window.addEventListener("load", async () => {
  if (!token) {
    document.body.classList.add("-keyless");
    return;
  }
  const terminal = document.getElementById("terminal");
  terminal.dataset.sessionWebsocketUrl = `ws://${location.host}/ws/${token}`;
  terminal.dataset.fontSize = fontSize();
  await Promise.allSettled(["", "bold ", "italic "].map((style) => document.fonts.load(`${style}16px "Roboto Mono"`)));
  const again = document.getElementById("again");
  again.addEventListener("click", () => location.reload());
  onClass("-first-byte", () => document.querySelector(".xterm-helper-textarea").focus());
  onClass("-closed", () => again.focus());
  try {
    begin.call(window);
    followBackground();
  } catch (error) {
    console.error(error);
    document.body.classList.add("-undrawn");
  }
});
