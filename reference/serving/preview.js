// Loads a page of a preview again once the site has been made anew.
const shownState = document.currentScript.dataset.state;

async function loadAgainIfMadeAnew() {
  try {
    const response = await fetch("/preview.txt", {cache: "no-store"});
    if (response.ok && await response.text() !== shownState) {
      location.reload();
    }
  } catch {
    // The server is being started again: ask later.
  }
}

setInterval(loadAgainIfMadeAnew, 1000);
